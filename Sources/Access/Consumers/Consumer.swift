/// A system of the utility that has shown who it is.
public struct Consumer: Sendable {
  public let name: String
  public let scopes: Set<Scope>
  /// By name.
  public let purposes: [String: Purpose]
  private let limiter: RateLimiter

  public init(name: String, scopes: Set<Scope>, purposes: [String: Purpose], rate: RequestRate) {
    self.name = name
    self.scopes = scopes
    self.purposes = purposes
    limiter = RateLimiter(rate)
  }

  public func has(_ scope: Scope) -> Bool { scopes.contains(scope) }

  /// Takes one of the calls the consumer may make now; else the seconds after which the next may come.
  public func take(at now: ContinuousClock.Instant = .now) -> RateLimiter.Verdict { limiter.take(at: now) }
}
