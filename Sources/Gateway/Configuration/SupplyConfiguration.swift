import Documents

/// How a site judges applications for electricity.
public struct SupplyConfiguration: Hashable, Sendable {
  private static let least = Duration.milliseconds(100)
  private static let longest = Duration.seconds(60)

  /// So long platforms are waited for.
  public var budget = Duration.seconds(3)

  public init() {}

  /// - Parameter deadline: of a request, which a verdict has to be given within.
  static func read(_ reader: ConfigurationReader, deadline: Duration) -> SupplyConfiguration {
    var supply = SupplyConfiguration()
    supply.budget = reader.duration("budget", in: least...longest, default: supply.budget)
    if reader.has("budget"), supply.budget >= deadline {
      reader.error("must be shorter than listen.deadline: a request is broken off then", at: "budget")
    }
    return supply
  }
}
