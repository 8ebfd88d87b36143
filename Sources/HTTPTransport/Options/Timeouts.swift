/// How long each part of a call may take. The first limit that is passed ends the call and names itself in the
/// error's code.
public struct Timeouts: Sendable, Hashable {
  /// Name look-up, TCP, proxy and TLS handshake together. Reused connections need none of it.
  public var connect: Duration
  /// The longest silence once connected: no byte sent and none received. It also bounds the wait for the first byte.
  public var idle: Duration
  /// The whole call from leaving the waiting line to the last byte.
  public var total: Duration
  /// A moment that ends the call whatever it is doing, waiting in line included.
  public var deadline: ContinuousClock.Instant?

  public init(
    connect: Duration = .seconds(10), idle: Duration = .seconds(60), total: Duration = .seconds(300),
    deadline: ContinuousClock.Instant? = nil
  ) {
    self.connect = connect
    self.idle = idle
    self.total = total
    self.deadline = deadline
  }

  func check() throws(TransportError) {
    for limit in [connect, idle, total] where limit <= .zero || limit > .seconds(86_400 * 7) {
      throw .invalidRequest(
        "a timeout is not between 0 and 7 days", remedy: "Set connect, idle and total to positive times.")
    }
  }
}
