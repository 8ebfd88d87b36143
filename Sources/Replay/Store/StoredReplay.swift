import CivilTime
import Documents
import Exchanges
import SQLDatabase

/// A replay as its row says.
struct StoredReplay: Sendable {
  let id: ReplayID
  private let depth: String
  private let query: String
  private let terms: String
  private let state: String
  private let basis: String
  private let flags: (needsApproval: Bool, isApproved: Bool, isCanaryPassed: Bool)
  private let times: (created: Int64, changed: Int64)
  private var counts = ReplayCounts()
  private let records: ReplayRecords
  private let pruned: Replay.Pruned?

  init(_ row: borrowing Row) {
    id = ReplayID(row.int(0))
    depth = row.text(1)
    query = row.text(2)
    terms = row.text(3)
    state = row.text(4)
    flags = (row.flag(5), row.flag(6), row.flag(7))
    times = (row.int(8), row.int(9))
    basis = row.text(10)
    (counts.pending, counts.waiting) = (Int(row.int(11)), Int(row.int(12)))
    (counts.succeeded, counts.failed, counts.unknown) = (Int(row.int(13)), Int(row.int(14)), Int(row.int(15)))
    records = ReplayRecords(
      new: Int(row.int(16)), changed: Int(row.int(17)), unchanged: Int(row.int(18)))
    if let moment = row.intOrNull(19) {
      pruned = Replay.Pruned(
        moment: Timestamp(milliseconds: moment), reportSM3: row.blobOrNull(20) ?? [])
    } else {
      pruned = nil
    }
  }

  func replay() throws -> Replay {
    guard let depth = ReplayDepth(rawValue: depth), let state = ReplayState(rawValue: state) else {
      throw Replays.unreadable(id, "its depth or state is unknown")
    }
    return Replay(
      id: id, depth: depth, query: try ReplayQuery(reading: try JSONDocument(parsing: query).root),
      terms: ReplayTerms(reading: try JSONDocument(parsing: terms).root), state: state,
      needsApproval: flags.needsApproval, isApproved: flags.isApproved, isCanaryPassed: flags.isCanaryPassed,
      counts: counts, records: records, created: Timestamp(milliseconds: times.created),
      changed: Timestamp(milliseconds: times.changed),
      basis: ReplayBasis(reading: try JSONDocument(parsing: basis).root), pruned: pruned)
  }
}

extension ReplayItem {
  init(_ row: borrowing Row, of id: ReplayID) throws {
    guard let state = State(rawValue: row.text(3)) else {
      throw Replays.unreadable(id, "an item is in an unknown state")
    }
    self.init(
      number: Int(row.int(0)), original: row.int(1),
      windowEnd: row.intOrNull(2).map { Timestamp(milliseconds: $0) }, state: state,
      repetition: row.intOrNull(4), problemCode: row.textOrNull(5),
      problemClass: row.textOrNull(6).flatMap { ErrorClass(rawValue: $0) },
      records: ReplayRecords(new: Int(row.int(7)), changed: Int(row.int(8)), unchanged: Int(row.int(9))),
      stored: Int(row.int(10)))
  }
}
