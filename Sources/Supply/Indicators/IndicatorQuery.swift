public import CivilTime
import Policies

/// A month in China.
public struct CivilMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let year: Int
  /// From 1.
  public let month: Int

  /// Reads `2026-03`.
  public init?(_ text: String) {
    guard text.utf8.count == 7, let date = CivilDate(iso: text + "-01") else { return nil }
    self.init(date)
  }

  public init(_ date: CivilDate) {
    year = date.year
    month = date.month
  }

  public init(_ moment: Timestamp) {
    self.init(moment.civil(offsetSeconds: UTCOffset.china).date)
  }

  public var next: CivilMonth { CivilMonth(first.adding(months: 1)) }

  private var first: CivilDate {
    guard let date = CivilDate(year: year, month: month, day: 1) else {
      preconditionFailure("a month has a first day")
    }
    return date
  }

  /// Its first moment.
  public var start: Timestamp { CivilDateTime(startOf: first).timestamp(offsetSeconds: UTCOffset.china) }

  public var description: String { String(first.description.prefix(7)) }

  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month) < (right.year, right.month)
  }

  /// Both of them and all between.
  public static func count(from first: CivilMonth, through last: CivilMonth) -> Int {
    (last.year - first.year) * 12 + last.month - first.month + 1
  }
}

/// Which orders are counted.
public struct IndicatorQuery: Hashable, Sendable {
  /// So many months are counted at once.
  public static let mostMonths = 12
  /// The class of customers of whom nobody has said which.
  public static let unknownCustomer = "unknown"

  public var from: CivilMonth
  /// The last one.
  public var through: CivilMonth
  public var moment: IndicatorMoment
  /// The beginning of an area code: 32 counts those of a province.
  public var region: String?
  /// A word of the fact `customer`, or ``unknownCustomer``.
  public var customer: String?

  /// - Precondition: one to ``mostMonths`` months.
  public init(
    from: CivilMonth, through: CivilMonth, moment: IndicatorMoment = .applied, region: String? = nil,
    customer: String? = nil
  ) {
    precondition(1...Self.mostMonths ~= CivilMonth.count(from: from, through: through))
    self.from = from
    self.through = through
    self.moment = moment
    self.region = region
    self.customer = customer
  }

  /// Every class there may be.
  public static let customers: [String] = {
    guard case .word(let words) = Fact.customer.domain else {
      preconditionFailure("the class of a customer is a word")
    }
    return words + [unknownCustomer]
  }()

  /// Whether it is the beginning of an area code.
  public static func isRegion(_ text: String) -> Bool {
    2...6 ~= text.utf8.count && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  func includes(_ order: SupplyOrder) -> Bool {
    if let region, !order.region.hasPrefix(region) { return false }
    return customer.map { $0 == order.customer ?? Self.unknownCustomer } ?? true
  }
}
