public import Applications
public import Calendars
public import CivilTime
import Crypto
import Exchanges
import Registry
public import SQLDatabase

/// One entry of what happened to an attempt, whole.
public struct PermitHistoryEntry: Sendable {
  /// The number by which it can be taken back.
  public let id: Int64
  public let event: ClockEvent
  public let source: PermitEntry.Source
  public let reference: String
  /// The moment that the platform said, where that cannot be.
  public let said: CivilDateTime?
  /// What was said with it; may name people.
  public let words: PermitWords?
}

/// A case with all attempts at its items, and everything that was entered of each.
public struct PermitReport: Sendable {
  public let view: PermitCaseView
  public let history: [PermitItemID: [PermitHistoryEntry]]
  /// What was entered of the utility's own process.
  public let steps: [PermitHistoryEntry]
}

extension Permits {
  /// The case as it stands at `now`, or as was known at a time, with everything entered of it until then.
  public func report(
    _ id: PermitCaseID, at now: CivilDateTime, knownAt time: Timestamp? = nil
  ) async throws -> PermitReport {
    let view = try await view(id, at: now, knownAt: time)
    var histories: [PermitItemID: [PermitHistoryEntry]] = [:]
    for item in view.items {
      histories[item.attempt.id] = try await history(of: item.attempt.id, knownAt: time)
    }
    let steps = try await database.read { try self.stepHistory(of: id, knownAt: time, $0) }
    return PermitReport(view: view, history: histories, steps: steps)
  }

  /// Everything entered of an attempt, in the order in which it was learned, also what was taken back since.
  ///
  /// - Parameter time: what was entered later is left out.
  public func history(
    of id: PermitItemID, knownAt time: Timestamp? = nil
  ) async throws -> [PermitHistoryEntry] {
    let sealer = keys.sealer
    return try await database.read { reader in
      try reader.query(
        """
        SELECT id, name, happened, learned, retracts, source, reference, note, said FROM permit_event
        WHERE item = ?1 AND learned <= ?2 ORDER BY id
        """, .int(id.rawValue), .int(time?.milliseconds ?? .max)
      ) { row in
        let number = row.int(0)
        guard let source = PermitEntry.Source(rawValue: row.text(5)) else {
          throw PermitError.unreadable("permit event \(number)")
        }
        let words = try row.blobOrNull(7).map { sealed in
          try PermitWords(decoding: try sealer.open(sealed, context: Self.wordsContext(number)))
        }
        let said = try row.textOrNull(8).map { text in
          try CivilDateTime(iso: text) ?? { throw PermitError.unreadable("permit event \(number)") }()
        }
        return PermitHistoryEntry(
          id: number, event: try ClockEvent(row), source: source, reference: row.text(6), said: said,
          words: words)
      }
    }
  }

  /// The attempt that is meant by an item of a case: the latest one, or the one with that number.
  ///
  /// - Throws: `PermitError` `notFound`.
  public func attempt(
    _ item: PermitItem, number: Int? = nil, of id: PermitCaseID, _ reader: Reader
  ) throws -> PermitItemAttempt {
    _ = try load(id, reader)
    let found = try reader.first(
      """
      SELECT \(Self.itemColumns) FROM permit_item
      WHERE permit_case = ?1 AND item = ?2 AND attempt = coalesce(?3, attempt) ORDER BY attempt DESC LIMIT 1
      """, .int(id.rawValue), .text(item.rawValue), .intOrNull(number.map { Int64($0) })
    ) { try PermitItemAttempt($0) }
    guard let found else {
      throw Self.notFound("attempt \(number ?? 1) at \(item.rawValue) in permit case \(id)")
    }
    return found
  }
}
