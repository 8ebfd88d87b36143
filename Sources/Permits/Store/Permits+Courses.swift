public import Applications
public import Calendars
public import CivilTime
import Policies
public import SQLDatabase

/// What of a case counts for indicators: how its permits came, and what was reported of the utility's own process.
public struct PermitCourse: Sendable {
  /// The attempt by which an item stands that has to be handed in.
  public struct Item: Hashable, Sendable {
    public let item: PermitItem
    public let state: PermitState
    /// Who told of the decision that it has; nil where it has none that lets the work start.
    public let permittedBy: PermitEntry.Source?
  }

  /// The utility's own number of it.
  public let number: String
  public let opened: Timestamp
  /// A keyed digest of its project's code; see `RegistryKeys.projectToken`.
  public let project: [UInt8]?
  public let items: [Item]
  /// In the order in which they were learned, also those that were taken back.
  public let steps: [ClockEvent]
}

extension Permits {
  /// So many numbers, or projects, are asked about at once.
  public static let mostCourses = 500

  /// The cases with these numbers and of these projects, each once. Opens nothing.
  ///
  /// - Precondition: neither list is longer than ``mostCourses``.
  public func courses(
    ofNumbers numbers: [String], projects: [[UInt8]], _ reader: Reader
  ) throws -> [PermitCourse] {
    var cases: [Int64: (number: String, project: [UInt8]?, opened: Timestamp)] = [:]
    for (column, values) in [
      ("number", numbers.map { SQLValue.text($0) }), ("project", projects.map { SQLValue.blob($0) }),
    ] where !values.isEmpty {
      try reader.forEach(
        "SELECT id, number, project, created FROM permit_case WHERE \(column) IN \(Self.places)",
        Self.padded(values)
      ) { row in
        cases[row.int(0)] = (row.text(1), row.blobOrNull(2), Timestamp(milliseconds: row.int(3)))
        return true
      }
    }
    guard !cases.isEmpty else { return [] }
    var (items, steps): ([Int64: [PermitCourse.Item]], [Int64: [ClockEvent]]) = ([:], [:])
    // A number and its project may be two cases.
    let ids = cases.keys.sorted()
    for start in stride(from: 0, to: ids.count, by: Self.mostCourses) {
      let portion = ids[start..<min(start + Self.mostCourses, ids.count)].map { SQLValue.int($0) }
      for (id, item) in try counting(of: portion, reader) { items[id, default: []].append(item) }
      try reader.forEach(
        """
        SELECT id, name, happened, learned, retracts, permit_case FROM permit_step
        WHERE permit_case IN \(Self.places) ORDER BY permit_case, id
        """, Self.padded(portion)
      ) { row in
        steps[row.int(5), default: []].append(try ClockEvent(row))
        return true
      }
    }
    return ids.compactMap { id in
      cases[id].map {
        PermitCourse(
          number: $0.number, opened: $0.opened, project: $0.project, items: items[id] ?? [],
          steps: steps[id] ?? [])
      }
    }
  }

  private func counting(
    of cases: [SQLValue], _ reader: Reader
  ) throws -> [(permitCase: Int64, item: PermitCourse.Item)] {
    struct Attempt {
      let id: Int64
      let permitCase: Int64
      let item: PermitItem
      let state: PermitState
    }
    struct Place: Hashable {
      let permitCase: Int64
      let item: PermitItem
    }
    var attempts: [Place: [Attempt]] = [:]
    try reader.forEach(
      """
      SELECT id, permit_case, item, state, way FROM permit_item WHERE permit_case IN \(Self.places)
      ORDER BY permit_case, id
      """, Self.padded(cases)
    ) { row in
      guard let word = row.textOrNull(4) else { return true }
      guard let item = PermitItem(rawValue: row.text(2)), let way = PermitWay(rawValue: word),
        let state = PermitState(rawValue: row.text(3))
      else { throw PermitError.unreadable("permit item \(row.int(0))") }
      guard way.isHandedIn else { return true }
      attempts[Place(permitCase: row.int(1), item: item), default: []]
        .append(Attempt(id: row.int(0), permitCase: row.int(1), item: item, state: state))
      return true
    }
    let found = attempts.values.compactMap { $0.counting { $0.state } }.sorted { $0.id < $1.id }
    let sources = try permittedBy(found.filter { $0.state.isPermitted }.map(\.id), reader)
    return found.map { attempt in
      (
        attempt.permitCase,
        PermitCourse.Item(
          item: attempt.item, state: attempt.state,
          permittedBy: sources[attempt.id]?[attempt.state.rawValue])
      )
    }
  }

  /// Who told last of each decision that still stands, by its name.
  private func permittedBy(
    _ items: [Int64], _ reader: Reader
  ) throws -> [Int64: [String: PermitEntry.Source]] {
    var sources: [Int64: [String: PermitEntry.Source]] = [:]
    for start in stride(from: 0, to: items.count, by: Self.mostCourses) {
      let portion = items[start..<min(start + Self.mostCourses, items.count)].map { SQLValue.int($0) }
      try reader.forEach(
        """
        SELECT entry.id, entry.item, entry.name, entry.source FROM permit_event AS entry
        WHERE entry.item IN \(Self.places) AND entry.name IN ('approved', 'approved-deferred', 'filed')
          AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = entry.id)
        ORDER BY entry.item, entry.happened, entry.id
        """, Self.padded(portion)
      ) { row in
        guard let source = PermitEntry.Source(rawValue: row.text(3)) else {
          throw PermitError.unreadable("permit event \(row.int(0))")
        }
        sources[row.int(1), default: [:]][row.text(2)] = source
        return true
      }
    }
    return sources
  }

  /// One statement however many are asked about: what is left of the list is NULL, which nothing equals.
  private static let places = "(\((1...mostCourses).map { "?\($0)" }.joined(separator: ", ")))"

  private static func padded(_ values: [SQLValue]) -> [SQLValue] {
    precondition(values.count <= mostCourses)
    return values + Array(repeating: .null, count: mostCourses - values.count)
  }
}
