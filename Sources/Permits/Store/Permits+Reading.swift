public import Calendars
public import CivilTime
import SQLDatabase

/// An attempt with its events and what its clock shows.
public struct PermitItemView: Sendable {
  public let attempt: PermitItemAttempt
  /// As it stands, or stood by what was known; `nil` where nothing is handed in.
  public let state: PermitState?
  public let events: [ClockEvent]
  /// `nil` where nothing limits it.
  public let reading: ClockReading?
}

/// A case with all attempts at its items.
public struct PermitCaseView: Sendable {
  public let permitCase: PermitCase
  public let items: [PermitItemView]
}

extension Permits {
  /// The case as it stands at `now`, or as was known at a time.
  public func view(
    _ id: PermitCaseID, at now: CivilDateTime, knownAt time: Timestamp? = nil
  ) async throws -> PermitCaseView {
    let calendar = calendar
    return try await database.read { reader in
      let permitCase = try self.load(id, reader).known(at: time)
      let attempts = try reader.query(
        "SELECT \(Self.itemColumns) FROM permit_item WHERE permit_case = ?1 AND created <= ?2 ORDER BY id",
        .int(id.rawValue), .int(time?.milliseconds ?? .max)
      ) { try PermitItemAttempt($0) }
      return PermitCaseView(
        permitCase: permitCase,
        items: try attempts.map { attempt in
          let events = try self.events(of: attempt.id, reader)
            .filter { event in time.map { event.learned <= $0 } ?? true }
          let state =
            time == nil || attempt.state == nil ? attempt.state : PermitProgress(events.known()).state
          let reading = attempt.clock.map {
            Clock(rule: $0, calendar: calendar).reading(of: events, at: now, knownAt: time)
          }
          return PermitItemView(attempt: attempt, state: state, events: events, reading: reading)
        })
    }
  }

  /// Cases, the latest first.
  ///
  /// - Parameter number: only the one with this number.
  public func list(
    isOpen: Bool? = nil, number: String? = nil, before: PermitCaseID? = nil, limit: Int
  ) async throws -> [PermitCase] {
    let state =
      switch isOpen {
      case true?: " AND closed IS NULL"
      case false?: " AND closed IS NOT NULL"
      case nil: ""
      }
    return try await database.read { reader in
      try reader.query(
        "SELECT \(Self.caseColumns) FROM permit_case WHERE id < ?1 AND number = coalesce(?3, number)\(state) ORDER BY id DESC LIMIT ?2",
        .int(before?.rawValue ?? .max), .int(Int64(limit)), .textOrNull(number)
      ) { try PermitCase($0) }
    }
  }

  /// What the clocks of all undecided items show: for warnings and the board. One pass over the open cases; `body` gets
  /// each attempt with its reading.
  public func readings(
    at now: CivilDateTime, _ body: @escaping @Sendable (PermitItemAttempt, ClockReading) -> Void
  ) async throws {
    let calendar = calendar
    try await database.read { reader in
      var events: [Int64: [ClockEvent]] = [:]
      _ = try reader.query(
        """
        SELECT event.id, event.name, event.happened, event.learned, event.retracts, event.item
        FROM permit_event AS event JOIN permit_item AS item ON item.id = event.item
        JOIN permit_case AS parent ON parent.id = item.permit_case
        WHERE parent.closed IS NULL AND item.clock IS NOT NULL ORDER BY event.id
        """
      ) { events[$0.int(5), default: []].append(try ClockEvent($0)) }
      let columns = Self.itemColumns.split(separator: ", ").map { "item.\($0)" }.joined(separator: ", ")
      let attempts = try reader.query(
        """
        SELECT \(columns) FROM permit_item AS item JOIN permit_case AS parent ON parent.id = item.permit_case
        WHERE parent.closed IS NULL AND item.clock IS NOT NULL ORDER BY item.id
        """
      ) { try PermitItemAttempt($0) }
      for attempt in attempts {
        guard let rule = attempt.clock else { continue }
        let clock = Clock(rule: rule, calendar: calendar)
        body(attempt, clock.reading(of: events[attempt.id.rawValue] ?? [], at: now))
      }
    }
  }
}
