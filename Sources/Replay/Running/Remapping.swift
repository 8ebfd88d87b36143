import Adapters
import CivilTime
import Exchanges
import Registry
import SQLDatabase
import Sync

/// Understands again what was received, by the mapping as it is now. No platform is called.
struct Remapping: ReplayAction {
  let runner: PullRunner

  func ready() async -> any ReplayAction {
    do {
      return Ready(remapper: .success(try await runner.remapper()))
    } catch {
      return Ready(remapper: .failure(error))
    }
  }

  func perform(_ item: ReplayItem, of replay: Replay, _ notes: ReplayNotes) async throws {
    try await ready().perform(item, of: replay, notes)
  }

  private struct Ready: ReplayAction {
    /// What kept it from being made is the trouble of each item.
    let remapper: Result<Remapper, any Error>

    func perform(_ item: ReplayItem, of replay: Replay, _ notes: ReplayNotes) async throws {
      try await remapper.get().remap(ExchangeID(item.original), behind: item.stored) {
        counts, stored, transaction in
        try notes.part(ReplayRecords(counts), stored, transaction)
      } keep: { counts, transaction in
        try notes.end(.succeeded(ReplayRecords(counts)), transaction)
      }
    }
  }
}

/// Asks the platform again for what changed within a window of time.
struct Refetching: ReplayAction {
  let runner: PullRunner

  func perform(_ item: ReplayItem, of replay: Replay, _ notes: ReplayNotes) async throws {
    let window = item.windowEnd.map { PullWindow(from: Timestamp(milliseconds: item.original), to: $0) }
    // Of what was broken off everything comes again, and what is stored and counted is counted once.
    let done = item.stored
    let report = try await runner.refetch(window, requestID: "replay-\(replay.id)-\(item.number)") {
      counts, records, transaction in
      let new = ReplayRecords(counts).besides(done, of: records)
      try notes.part(new, max(done, records.upperBound), transaction)
    } keep: { counts, records, transaction in
      try notes.end(.succeeded(ReplayRecords(counts).besides(done, of: records)), transaction)
    }
    if let problem = report.problem { throw ReplayFailure(problem: problem) }
  }
}

extension ReplayRecords {
  init(_ counts: StoreCounts) {
    self.init(new: counts.new, changed: counts.changed, unchanged: counts.unchanged + counts.outranked)
  }

  /// Without those that were counted before and are the same still; what has changed since is counted for that.
  ///
  /// - Parameters:
  ///   - done: how many of all records were stored, and counted, before.
  ///   - records: which of all records these are.
  func besides(_ done: Int, of records: Range<Int>) -> ReplayRecords {
    var rest = self
    rest.unchanged -= min(unchanged, max(0, min(done, records.upperBound) - records.lowerBound))
    return rest
  }
}
