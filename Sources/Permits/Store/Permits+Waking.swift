import CivilTime
import SQLDatabase
import Work

/// Each open case is one item of work, which is woken when something has happened.
extension Permits {
  /// Where cases are worked on: those of a window by themselves, so that one that answers slowly keeps only its own waiting. A case comes in where those
  /// are that no window takes, for only whoever works on it knows the windows.
  static func lane(of window: PermitRoutes?) -> String {
    window.map { "\($0.platform)/permits" } ?? "permits"
  }

  /// Has the case looked at now: it is worked on from now on, or again.
  func wake(_ id: PermitCaseID, in transaction: Transaction, now: Timestamp) throws {
    try transaction.execute(
      "UPDATE permit_case SET wakes = wakes + 1, changed = ?2 WHERE id = ?1", .int(id.rawValue),
      .int(now.milliseconds))
    let known = try transaction.first("SELECT work FROM permit_case WHERE id = ?1", .int(id.rawValue)) {
      $0.intOrNull(0)
    }
    if let work = known ?? nil {
      // What is being looked at just now may have read what was before: it finds the change when it ends.
      let id = WorkID(rawValue: work)
      if try queue.isOpen(id, in: transaction) { return try queue.hasten(id, in: transaction, now: now) }
    }
    let work = NewWork(
      kind: .permit, lane: Self.lane(of: nil), businessKey: Array("permit \(id)".utf8),
      contentDigest: Array("\(try wakes(of: id, transaction))".utf8), payload: Array(id.description.utf8),
      notBefore: now)
    guard case .added(let number) = try queue.enqueue(work, in: transaction, now: now) else { return }
    try transaction.execute(
      "UPDATE permit_case SET work = ?2 WHERE id = ?1", .int(id.rawValue), .int(number.rawValue))
  }

  /// How often the case has been woken: it differs when something has happened meanwhile.
  func wakes(of id: PermitCaseID, _ reader: Reader) throws -> Int64 {
    try reader.int("SELECT wakes FROM permit_case WHERE id = ?1", .int(id.rawValue))
  }
}
