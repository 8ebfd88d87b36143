/// The number under which a push is kept. Numbers grow in the order of submission.
public struct PushID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  public init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  public var description: String { String(rawValue) }

  public static func < (left: PushID, right: PushID) -> Bool { left.rawValue < right.rawValue }
}
