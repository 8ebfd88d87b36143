public import CivilTime

/// What is counted as one: an application, or several that one customer filed one after the other for one address and
/// business, of which only the last was carried out. It began with the first of them that was more than a booking.
public struct SupplyOrder: Hashable, Sendable {
  /// In the order in which the customer applied; at least one.
  public let entries: [OrderEntry]

  init(_ entries: [OrderEntry]) {
    precondition(!entries.isEmpty)
    self.entries = entries
  }

  /// Makes orders of a chain of applications: one that was connected ends an order, and what follows it begins another.
  public static func all(of chain: [OrderEntry]) -> [SupplyOrder] {
    let sorted = chain.sorted {
      ($0.applied.happened, $0.application) < ($1.applied.happened, $1.application)
    }
    var orders: [SupplyOrder] = []
    var open: [OrderEntry] = []
    for entry in sorted {
      open.append(entry)
      guard entry.connected != nil else { continue }
      orders.append(SupplyOrder(open))
      open = []
    }
    return open.isEmpty ? orders : orders + [SupplyOrder(open)]
  }

  public var first: OrderEntry { entries[0] }
  public var last: OrderEntry { entries[entries.count - 1] }

  /// The number by which it is listed.
  public var id: SupplyApplicationID { first.application }
  public var region: String { carried.region }
  public var business: String? { carried.business }
  public var customer: String? { carried.customer }
  public var applied: OrderEntry.Moment { asking.applied }
  public var connected: OrderEntry.Moment? { last.connected }
  public var archived: Timestamp? { last.archived }
  public var limits: Int64? { carried.limits }
  /// The application that says what is carried out: a booking behind it says nothing of that.
  private var carried: OrderEntry { entries.last { !$0.isBooking } ?? last }
  /// Nobody has applied yet, and nobody has electricity of it.
  public var isBooking: Bool { connected == nil && entries.allSatisfy(\.isBooking) }
  /// The booking with which it began, where the customer has applied since: what is limited of that stays to be counted.
  var booking: OrderEntry.Booking? {
    guard !isBooking else { return nil }
    for entry in entries {
      if let booking = entry.booking { return booking }
      guard entry.isBooking else { return nil }
      if let limits = entry.limits { return OrderEntry.Booking(requested: entry.applied, limits: limits) }
    }
    return nil
  }

  /// Applied for more than once; a booking before it is none.
  public var isFiledAgain: Bool { entries.count { !$0.isBooking } > 1 }

  /// The application by whose channel and moment it counts: the first that was one.
  var asking: OrderEntry { entries.first { !$0.isBooking } ?? first }

  /// By hand where any of its applications had it by hand.
  public var papers: OrderPapers? {
    var papers: OrderPapers?
    for entry in entries {
      if let next = entry.papers { papers = next.following(papers) }
    }
    return papers
  }

  /// As the last says that says it: that was carried out.
  var permits: PermitNeed { entries.last { $0.permits != .unknown }?.permits ?? .unknown }

  var cases: OrderCases {
    OrderCases(
      numbers: Set(entries.map(\.number)), permits: permits, until: last.casesUntil ?? connected?.learned)
  }

  /// The one that decides in which month it is counted, by the moment that is asked for; nil where that has not come.
  func key(by moment: IndicatorMoment) -> OrderEntry? {
    switch moment {
    case .applied: asking
    case .connected: last.connected == nil ? nil : last
    }
  }
}

/// By which of its moments an order belongs to a month, in China.
public enum IndicatorMoment: String, CaseIterable, Hashable, Sendable {
  /// When the customer applied: every order has it.
  case applied
  /// When the customer had electricity: of those connected.
  case connected
}
