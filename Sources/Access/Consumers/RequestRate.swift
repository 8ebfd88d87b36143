/// How often a consumer may ask, on the average; as much as a second's worth at once (ten at least).
public struct RequestRate: Hashable, Sendable {
  public let perSecond: Double

  public static let standard = RequestRate(perSecond: 100)

  public init(perSecond: Double) {
    self.perSecond = perSecond
  }
}
