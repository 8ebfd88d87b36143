import Calendars
public import CivilTime
import SQLDatabase

extension Permits {
  /// Cases read in one transaction.
  private static let casesBehind: Int64 = 50

  /// Reads cases anew that an earlier version has left as its rules had them: attempts have the state that their entries make, and closed
  /// cases are woken whose own limits wait for a calendar. It can be ended at any point, and run again or twice at once.
  ///
  /// - Returns: how many were read.
  @discardableResult
  public func catchUp(now: @Sendable () -> Timestamp = { .now() }) async throws -> Int {
    var read = 0
    while true {
      let time = now()
      let found = try await database.write { transaction in
        let ids = try transaction.query(
          "SELECT id FROM permit_case WHERE is_behind = 1 ORDER BY id LIMIT ?1", .int(Self.casesBehind)
        ) { PermitCaseID(rawValue: $0.int(0)) }
        for id in ids { try self.readAnew(id, in: transaction, now: time) }
        return ids.count
      }
      read += found
      if found < Int(Self.casesBehind) { return read }
    }
  }

  private func readAnew(_ id: PermitCaseID, in transaction: Transaction, now: Timestamp) throws {
    let permitCase = try load(id, transaction)
    let view = try view(permitCase, at: now.civil(offsetSeconds: UTCOffset.china), transaction)
    var isChanged =
      permitCase.closed != nil && view.items.contains { $0.attempt.doubts.contains(.takenAfterAll) }
    for item in view.items where item.state?.isUnderWay == true {
      let state = PermitProgress(item.events.known()).state
      guard state != item.state else { continue }
      isChanged = true
      try transaction.execute(
        "UPDATE permit_item SET state = ?2, changed = ?3 WHERE id = ?1", .int(item.attempt.id.rawValue),
        .text(state.rawValue), .int(now.milliseconds))
    }
    if try close(id, ifDecidedAt: now, in: transaction) {
      try tell([Self.change(id, permitCase.number, "closed")], in: transaction, now: now)
    }
    isChanged = try isChanged || (load(id, transaction).closed == nil) != (permitCase.closed == nil)
    if isChanged || view.clocks.contains(where: \.waitsForCalendar) {
      try wake(id, in: transaction, now: now)
    }
    try transaction.execute("UPDATE permit_case SET is_behind = 0 WHERE id = ?1", .int(id.rawValue))
  }
}
