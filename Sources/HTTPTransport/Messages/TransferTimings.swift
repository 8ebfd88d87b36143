/// When the steps of one call happened. The wall clock is read once, when the call is queued; the steps are
/// measured on the monotonic clock, so a clock that is set meanwhile does not bend them.
public struct TransferTimings: Sendable, Hashable {
  /// When `send` was called, in milliseconds of Unix time.
  public var queuedAt: Int64
  /// Since `queuedAt`: when the call left the waiting line.
  public var started: Duration?
  /// Since `queuedAt`: when a connection (TLS and proxy included) stood ready for the request.
  public var connected: Duration?
  /// Since `queuedAt`: when the last byte of the request was handed to the system, as far as known.
  public var sent: Duration?
  /// Since `queuedAt`: when the first byte of the reply was seen.
  public var firstByte: Duration?
  /// Since `queuedAt`: when the call was over, well or not.
  public var done: Duration

  public init(
    queuedAt: Int64, started: Duration? = nil, connected: Duration? = nil, sent: Duration? = nil,
    firstByte: Duration? = nil, done: Duration = .zero
  ) {
    self.queuedAt = queuedAt
    self.started = started
    self.connected = connected
    self.sent = sent
    self.firstByte = firstByte
    self.done = done
  }

  /// A step as milliseconds of Unix time.
  public func unixMilliseconds(of step: Duration) -> Int64 {
    let parts = step.components
    return queuedAt + parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
  }
}
