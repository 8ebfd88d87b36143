/// The number under which the journal keeps an exchange. Numbers grow in the order of recording.
public struct ExchangeID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  public init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  public var description: String { String(rawValue) }

  public static func < (left: ExchangeID, right: ExchangeID) -> Bool {
    left.rawValue < right.rawValue
  }
}
