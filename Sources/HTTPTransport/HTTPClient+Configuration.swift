extension HTTPClient {
  /// What all calls of one client share.
  public struct Configuration: Sendable {
    /// Calls in progress at the same time, and connections kept open for the next ones.
    public var maxConnections: Int
    /// Calls in progress at the same time to one scheme, host and port (through one proxy).
    public var maxConnectionsPerHost: Int
    /// Calls that may wait for their turn; more are refused with `queue-full`.
    public var maxWaitingCalls: Int
    /// How long an unused connection may be taken up again.
    public var idleConnectionLifetime: Duration
    public var egress: EgressPolicy
    /// Sent as `User-Agent` unless a call brings its own; empty sends none.
    public var userAgent: String

    public init(
      egress: EgressPolicy, maxConnections: Int = 256, maxConnectionsPerHost: Int = 32,
      maxWaitingCalls: Int = 10_000, idleConnectionLifetime: Duration = .seconds(60),
      userAgent: String = "zhengdian"
    ) {
      self.egress = egress
      self.maxConnections = maxConnections
      self.maxConnectionsPerHost = maxConnectionsPerHost
      self.maxWaitingCalls = maxWaitingCalls
      self.idleConnectionLifetime = idleConnectionLifetime
      self.userAgent = userAgent
    }

    func check() throws(TransportError) {
      guard maxConnections > 0, maxConnectionsPerHost > 0, maxWaitingCalls >= 0,
        maxConnections <= 100_000, idleConnectionLifetime >= .zero
      else {
        throw TransportError(
          code: .invalidConfiguration, message: "a limit of the HTTP client is out of range",
          remedy: "Set maxConnections, maxConnectionsPerHost above zero and the others not below.")
      }
      guard userAgent.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
        throw TransportError(
          code: .invalidConfiguration, message: "the user agent has characters outside ASCII",
          remedy: "Write it in ASCII.")
      }
    }
  }

  /// What a client is doing, for metrics.
  public struct Statistics: Sendable, Hashable {
    /// Calls waiting for their turn.
    public var waiting = 0
    /// Calls in progress.
    public var active = 0
    /// Calls that ended with a complete reply since the start.
    public var completed = 0
    /// Calls that ended with an error since the start, refused ones excluded.
    public var failed = 0
    /// Connections opened since the start.
    public var connectionsOpened = 0
  }

  /// How a client ends.
  public enum ShutdownMode: Sendable {
    /// No new call is taken; those under way and in line are finished, at most for so long.
    case drain(within: Duration)
    /// Everything under way fails with `shut-down`.
    case abort
  }
}
