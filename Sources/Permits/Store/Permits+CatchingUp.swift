import Calendars
public import CivilTime
import SQLDatabase

extension Permits {
  private static let casesAtOnce: Int64 = 50

  /// Reads cases anew that an earlier version has left as its rules had them: attempts have the state, and certificates say, what their entries make; closed
  /// cases are woken whose own limits wait for a calendar. It can be ended at any point, and run again or twice at once.
  ///
  /// - Parameter skipped: told of each case that cannot be read, which keeps no other from it.
  /// - Returns: how many were read, and how many are left.
  @discardableResult
  public func catchUp(
    now: @Sendable () -> Timestamp = { .now() },
    skipped: @Sendable (PermitCaseID, any Error) -> Void = { _, _ in }
  ) async throws -> (read: Int, left: Int) {
    var (read, left) = (0, 0)
    var last: Int64 = 0
    while true {
      let start = last
      let ids = try await database.read { reader in
        try reader.query(
          "SELECT id FROM permit_case WHERE is_behind = 1 AND id > ?1 ORDER BY id LIMIT ?2", .int(start),
          .int(Self.casesAtOnce)
        ) { PermitCaseID(rawValue: $0.int(0)) }
      }
      for id in ids {
        let time = now()
        do {
          try await database.write { try self.readAnew(id, in: $0, now: time) }
          read += 1
        } catch let error where error is CancellationError || error is DatabaseError {
          throw error
        } catch {
          skipped(id, error)
          left += 1
        }
      }
      guard let end = ids.last else { return (read, left) }
      last = end.rawValue
    }
  }

  private func readAnew(_ id: PermitCaseID, in transaction: Transaction, now: Timestamp) throws {
    let permitCase = try load(id, transaction)
    let view = try view(permitCase, at: now.civil(offsetSeconds: UTCOffset.china), transaction)
    var isChanged =
      permitCase.closed != nil && view.items.contains { $0.attempt.doubts.contains(.takenAfterAll) }
    for item in view.items {
      guard let former = item.attempt.state else { continue }
      let state = former.isUnderWay ? PermitProgress(item.events.known()).state : former
      try keepCertificates(
        of: item.attempt, in: permitCase, state, isThorough: true, in: transaction, now: now)
      guard state != former else { continue }
      isChanged = true
      try transaction.execute(
        "UPDATE permit_item SET state = ?2, changed = ?3 WHERE id = ?1", .int(item.attempt.id.rawValue),
        .text(state.rawValue), .int(now.milliseconds))
      let change = Self.change(
        id, permitCase.number, "read-anew", item: item.attempt.item, attempt: item.attempt.attempt,
        state: state)
      try tell([change], in: transaction, now: now)
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
