import CivilTime
import SQLDatabase

/// Applications as they count, read back.
extension SupplyStore {
  /// A place among the orders of a moment.
  struct OrderPlace: Hashable, Comparable, Sendable {
    let moment: Int64
    let application: Int64

    init(moment: Int64, application: Int64) {
      self.moment = moment
      self.application = application
    }

    init?(_ entry: OrderEntry, _ moment: IndicatorMoment) {
      let happened = moment == .applied ? entry.applied.happened : entry.connected?.happened
      guard let happened else { return nil }
      self.init(moment: happened.milliseconds, application: entry.application.rawValue)
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.moment, left.application) < (right.moment, right.application)
    }
  }

  /// Applications in the order of a moment, behind a place.
  func entries(
    _ moment: IndicatorMoment, after place: OrderPlace, before end: Timestamp, limit: Int, _ reader: Reader
  ) throws -> [OrderEntry] {
    // The words of the moments are the names of their columns.
    let column = moment.rawValue
    return try reader.query(
      """
      SELECT \(OrderEntry.columns) FROM supply_order
      WHERE (\(column), application) > (?1, ?2) AND \(column) < ?3 ORDER BY \(column), application LIMIT ?4
      """, .int(place.moment), .int(place.application), .int(end.milliseconds), .int(limit)
    ) { try OrderEntry($0) }
  }

  func entry(_ id: SupplyApplicationID, _ reader: Reader) throws -> OrderEntry? {
    try reader.first(
      "SELECT \(OrderEntry.columns) FROM supply_order WHERE application = ?1", .int(id.rawValue)
    ) { try OrderEntry($0) }
  }

  /// The numbers of the applications that are one order with this one; none where nothing of it is counted yet.
  func numbers(ofOrderWith id: SupplyApplicationID, _ reader: Reader) throws -> Set<String> {
    guard let entry = try entry(id, reader) else { return [] }
    guard let chain = entry.chain else { return [entry.number] }
    let orders = SupplyOrder.all(of: try self.chain(chain, reader))
    let order = orders.first { $0.entries.contains { $0.application == id } }
    return Set(order?.entries.map(\.number) ?? [])
  }

  /// When the applications with these numbers came.
  func came(withNumbers numbers: [String], _ reader: Reader) throws -> [String: Timestamp] {
    var came: [String: Timestamp] = [:]
    for start in stride(from: 0, to: numbers.count, by: Self.mostNumbers) {
      let portion = numbers[start..<min(start + Self.mostNumbers, numbers.count)].map { SQLValue.text($0) }
      try reader.forEach(
        "SELECT number, created FROM supply_application WHERE number IN (\(Self.numberPlaces))",
        // One statement however many are asked about: nothing equals what is left of the list.
        portion + Array(repeating: .null, count: Self.mostNumbers - portion.count)
      ) { row in
        came[row.text(0)] = Timestamp(milliseconds: row.int(1))
        return true
      }
    }
    return came
  }

  private static let mostNumbers = 500
  private static let numberPlaces = (1...mostNumbers).map { "?\($0)" }.joined(separator: ", ")

  func chain(_ chain: Int64, _ reader: Reader) throws -> [OrderEntry] {
    try reader.query(
      "SELECT \(OrderEntry.columns) FROM supply_order WHERE chain = ?1", .int(chain)
    ) { try OrderEntry($0) }
  }

  func place(
    of id: SupplyApplicationID, _ moment: IndicatorMoment, _ reader: Reader
  ) throws -> OrderPlace {
    guard let entry = try entry(id, reader), let place = OrderPlace(entry, moment) else {
      throw SupplyError(
        .notFound, "application \(id) is no order to go on behind", remedy: "take 'next' of the page before")
    }
    return place
  }

  func limits(_ id: Int64, _ reader: Reader) throws -> [OrderLimit] {
    let text = try reader.first("SELECT rules FROM supply_limits WHERE id = ?1", .int(id)) { $0.text(0) }
    guard let limits = text.flatMap({ OrderLimit.read($0) }) else {
      throw SupplyError.unreadable("the limits \(id) of applications")
    }
    return limits
  }

  /// Applications that came in these months and count nothing.
  func unread(_ query: IndicatorQuery, _ reader: Reader) throws -> Int {
    let region = query.region ?? ""
    return Int(
      try reader.int(
        """
        SELECT count(*) FROM supply_application AS a WHERE a.created >= ?1 AND a.created < ?2
          AND substr(a.region, 1, length(?3)) = ?3
          AND NOT EXISTS (SELECT 1 FROM supply_order AS o WHERE o.application = a.id)
        """, .int(query.from.start.milliseconds), .int(query.through.next.start.milliseconds), .text(region)))
  }
}
