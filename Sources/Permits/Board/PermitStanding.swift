import Applications
import Calendars
public import CivilTime
import SQLDatabase

/// An attempt at an item of an open case, the latest or one that is under way, and how its time stands.
public struct PermitStanding: Sendable {
  public let permitCase: PermitCaseID
  /// The utility's own number of the case.
  public let number: String
  /// Area code.
  public let region: String
  public let view: PermitItemView
}

extension Permits {
  /// Cases looked at together: what they hold is in memory at once.
  private static let portion: Int64 = 1000

  /// How each item of the open cases stands at `now`, by all that is known or by what was known at a time. What is not
  /// handed in at all is left out. Everything is of one moment of the database.
  ///
  /// - Parameter decided: also what the policy said of each, which is long; else it is empty.
  /// - Returns: the steps of the utility's own process, case by case.
  @discardableResult
  public func standings(
    at now: CivilDateTime, knownAt time: Timestamp? = nil, decided: Bool = false,
    _ body: @escaping @Sendable (PermitStanding) throws -> Void
  ) async throws -> [ProcessStanding] {
    let clocks = CaseClocks(calendar: calendar, now: now, time: time)
    let calendar = calendar
    return try await database.read { reader in
      var place: Int64 = 0
      while let last = try Self.lastOfPortion(after: place, time, reader) {
        try Self.standings(in: (place, last), time, decided, clocks, reader, body)
        place = last
      }
      return try ProcessStanding.all(at: now, knownAt: time, calendar, reader)
    }
  }

  /// Of the cases that were there and open at the time.
  private static let isOpen = "parent.id > ?1 AND parent.created <= ?2 AND (\(closed(at: "?2"))) IS NULL"

  private static func lastOfPortion(
    after place: Int64, _ time: Timestamp?, _ reader: Reader
  ) throws -> Int64? {
    let sql =
      time == nil
      ? "SELECT max(id) FROM (SELECT id FROM permit_case WHERE id > ?1 AND closed IS NULL ORDER BY id LIMIT ?3)"
      : "SELECT max(id) FROM (SELECT id FROM permit_case AS parent WHERE \(isOpen) ORDER BY id LIMIT ?3)"
    return try reader.first(sql, .int(place), .intOrNull(time?.milliseconds), .int(portion)) {
      $0.intOrNull(0)
    } ?? nil
  }

  private static func standings(
    in range: (after: Int64, through: Int64), _ time: Timestamp?, _ decided: Bool, _ clocks: CaseClocks,
    _ reader: Reader,
    _ body: (PermitStanding) throws -> Void
  ) throws {
    let values: [SQLValue] = [
      .int(range.after), .int(range.through), .intOrNull(time?.milliseconds),
    ]
    let isOpen =
      """
      parent.id > ?1 AND parent.id <= ?2 AND ((?3 IS NULL AND parent.closed IS NULL)
        OR (?3 IS NOT NULL AND parent.created <= ?3 AND (\(closed(at: "?3"))) IS NULL))
      """
    // Both are read in one order, that of the cases and of the attempts in each.
    var events = EventRuns()
    try reader.forEach(
      """
      SELECT event.id, event.name, event.happened, event.learned, event.retracts, event.item, parent.id
      FROM permit_case AS parent JOIN permit_item AS item ON item.permit_case = parent.id
      JOIN permit_event AS event ON event.item = item.id
      WHERE \(isOpen) AND (?3 IS NULL OR item.created <= ?3)
      ORDER BY parent.id, item.id, event.id
      """, values
    ) { row in
      events.append(try ClockEvent(row), of: (row.int(6), row.int(5)))
      return true
    }
    let columns = itemColumns.split(separator: ", ")
      .map { $0 == "decision" && !decided ? "'{}'" : "item.\($0)" }.joined(separator: ", ")
    var totals: [Int64: [PermitTotal]] = [:]
    try reader.forEach(
      "SELECT id, totals FROM permit_case AS parent WHERE \(isOpen) AND totals IS NOT NULL", values
    ) { row in
      guard let read = try StoredRules.shared.totals(row.blob(1)) else {
        throw PermitError.unreadable("permit case \(row.int(0))")
      }
      totals[row.int(0)] = read
      return true
    }
    var group: (id: Int64, number: String, region: String) = (0, "", "")
    var attempts: [PermitItemAttempt] = []
    func tell() throws {
      guard !attempts.isEmpty else { return }
      let views = clocks.views(
        attempts, attempts.map { events.take(($0.permitCase.rawValue, $0.id.rawValue)) },
        totals[group.id] ?? [])
      for place in views.standingPlaces where views[place].state != nil {
        try body(
          PermitStanding(
            permitCase: PermitCaseID(rawValue: group.id), number: group.number, region: group.region,
            view: views[place]))
      }
      attempts.removeAll(keepingCapacity: true)
    }
    try reader.forEach(
      """
      SELECT \(columns), parent.number, parent.region
      FROM permit_case AS parent JOIN permit_item AS item ON item.permit_case = parent.id
      WHERE \(isOpen) AND (?3 IS NULL OR item.created <= ?3) ORDER BY parent.id, item.id
      """, values
    ) { row in
      if row.int(1) != group.id {
        try tell()
        group = (row.int(1), row.text(22), row.text(23))
      }
      attempts.append(try PermitItemAttempt(row))
      return true
    }
    try tell()
  }
}

/// The events of many attempts, one behind the other, each taken once in the order in which they were put in.
private struct EventRuns {
  private var events: [ClockEvent] = []
  /// Of which attempt of which case, and where its events end.
  private var runs: [(place: Place, end: Int)] = []
  private var next = 0

  typealias Place = (permitCase: Int64, item: Int64)

  mutating func append(_ event: ClockEvent, of place: Place) {
    events.append(event)
    if let last = runs.last, last.place == place {
      runs[runs.count - 1].end = events.count
    } else {
      runs.append((place, events.count))
    }
  }

  mutating func take(_ place: Place) -> [ClockEvent] {
    // What nobody has asked for holds up nothing behind it.
    while next < runs.count, runs[next].place < place { next += 1 }
    guard next < runs.count, runs[next].place == place else { return [] }
    defer { next += 1 }
    return Array(events[(next == 0 ? 0 : runs[next - 1].end)..<runs[next].end])
  }
}
