public import CivilTime
import Crypto
import Exchanges
import SQLDatabase

/// Replays whose items went, or would go.
public struct ReplayPruning: Hashable, Sendable {
  public var replays = 0
  public var items = 0
  /// Replays of which something is still open, whatever their age.
  public var held = 0

  public init() {}
}

extension Replays {
  private static let removedAtOnce = 200

  /// Removes the items of replays that ended before `end`. The replay, its history, its counts and the digest of its report stay. It can be ended at any
  /// point, and run again or twice at once.
  ///
  /// - Parameters:
  ///   - spared: moments that may really be at `end` or later, in milliseconds: what ended at one of them stays.
  ///   - isTrial: only tell what would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  public func prune(
    endedBefore end: Timestamp, sparing spared: [ClosedRange<Int64>] = [], now: Timestamp, isTrial: Bool,
    pause: Duration = .zero
  ) async throws -> ReplayPruning {
    var pruning = ReplayPruning()
    if !isTrial { try await removeDrafts() }
    let ended = try await database.read { reader in
      try reader.query(
        """
        SELECT id FROM replay WHERE state IN ('completed', 'cancelled') AND changed < ?1\(spared.spared(in: "changed"))
          AND EXISTS (SELECT 1 FROM replay_item AS i WHERE i.replay = replay.id)
        ORDER BY id
        """, .int(end.milliseconds)
      ) { ReplayID($0.int(0)) }
    }
    for id in ended {
      try Task.checkCancellation()
      let replay = try await replay(id)
      if replay.pruned == nil {
        let report = try await ReplayReport(id, self)
        guard !report.isOpen else {
          pruning.held += 1
          continue
        }
        let digest = Digest.sm3.hash(report.encoded())
        if !isTrial {
          try await database.write { transaction in
            _ = try transaction.execute(
              "UPDATE replay SET pruned = ?2, report_sm3 = ?3 WHERE id = ?1 AND pruned IS NULL",
              .int(id.rawValue), .int(now.milliseconds), .blob(digest))
          }
        }
      }
      pruning.replays += 1
      if isTrial {
        pruning.items += replay.counts.total
        continue
      }
      while true {
        let removed = try await removeItems(of: id, limit: Self.removedAtOnce)
        guard removed > 0 else { break }
        pruning.items += removed
        if pause > .zero { try await Task.sleep(for: pause) }
      }
    }
    return pruning
  }
}
