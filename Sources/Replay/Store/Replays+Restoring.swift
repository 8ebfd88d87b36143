public import CivilTime
import Exchanges
import SQLDatabase
import Work

/// Replays that were not over when the copy was made which the database now is.
public struct RestoredReplays: Hashable, Sendable {
  /// Under way, and stopped: they can be started again.
  public var stopped = 0
  /// Plans to hand something in again, ended for good.
  public var cancelled = 0

  public init() {}
}

extension Replays {
  /// Ends what was not over when the copy was made: what it has done since is not known here.
  ///
  /// What is understood or fetched again does no harm a second time, so such a replay is stopped and may go on. What hands in again would hand in twice, under new
  /// keys that no platform knows again: whether it was under way, stopped, approved or only planned, it may have run since, and is cancelled. A new plan
  /// goes by what people have found out meanwhile.
  public func stopAll(at moment: Timestamp) async throws -> RestoredReplays {
    let signOff = try SignOff(
      name: "database restore",
      reason: "the database is a copy that does not know what this replay has handed in since it was made")
    return try await database.write { transaction in
      let open = try transaction.query(
        """
        SELECT id FROM replay WHERE state IN ('planned', 'approved', 'canary', 'running', 'stopped') ORDER BY id
        """
      ) { ReplayID($0.int(0)) }
      var ended = RestoredReplays()
      for id in open {
        let replay = try self.require(id, transaction)
        if replay.depth == .repush {
          try self.apply(.cancelled, to: replay, signOff, in: transaction, at: moment)
          // Its work only has to end.
          if let work = try self.work(of: id, transaction) {
            try self.queue.hasten(work, in: transaction, now: moment)
          }
          ended.cancelled += 1
        } else if replay.state.isUnderWay {
          try self.apply(.stopped, to: replay, nil, in: transaction, at: moment)
          ended.stopped += 1
        }
      }
      return ended
    }
  }
}
