extension TransportError {
  /// A stable name for the kind of failure, fit to be stored and used as a metric label.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// The method, a header, a limit or an option cannot be sent as given.
    public static let invalidRequest = Code(rawValue: "invalid-request")
    /// The URL is not an absolute http or https URL in the accepted form.
    public static let invalidURL = Code(rawValue: "invalid-url")
    /// The client or the egress policy was set up wrongly.
    public static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// The egress policy does not allow the destination.
    public static let egressRefused = Code(rawValue: "egress-refused")
    /// The host name could not be resolved.
    public static let resolve = Code(rawValue: "resolve")
    /// No connection could be made.
    public static let connect = Code(rawValue: "connect")
    /// The proxy could not be reached or refused.
    public static let proxy = Code(rawValue: "proxy")
    /// The TLS handshake or the verification of the server failed.
    public static let tls = Code(rawValue: "tls")
    /// Our own TLS material (authorities, certificate, key, password) cannot be used.
    public static let tlsConfiguration = Code(rawValue: "tls-configuration")
    /// Connecting took longer than `connect`.
    public static let timeoutConnect = Code(rawValue: "timeout-connect")
    /// No byte moved for `idle`.
    public static let timeoutIdle = Code(rawValue: "timeout-idle")
    /// The call took longer than `total`.
    public static let timeoutTotal = Code(rawValue: "timeout-total")
    /// The `deadline` passed.
    public static let timeoutDeadline = Code(rawValue: "timeout-deadline")
    /// The connection broke while the request was sent or the reply was read.
    public static let reset = Code(rawValue: "reset")
    /// The connection was closed before one byte of a reply.
    public static let closedWithoutReply = Code(rawValue: "closed-without-reply")
    /// The reply ended before its head was complete or before the declared end of its body.
    public static let partialBody = Code(rawValue: "partial-body")
    /// What came back is not HTTP.
    public static let malformedResponse = Code(rawValue: "malformed-response")
    /// The body's compression is damaged, or was not offered.
    public static let badEncoding = Code(rawValue: "bad-encoding")
    /// The body is larger than `maxResponseBytes`.
    public static let bodyTooLarge = Code(rawValue: "body-too-large")
    /// The headers are more than `maxHeaderBytes` or `maxHeaderCount`.
    public static let headersTooLarge = Code(rawValue: "headers-too-large")
    /// The task was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
    /// The client is shutting down.
    public static let shutDown = Code(rawValue: "shut-down")
    /// Too many calls wait already.
    public static let queueFull = Code(rawValue: "queue-full")
    /// The library failed in a way that has no name here.
    public static let internalFailure = Code(rawValue: "internal-failure")

    /// Every code above, for documentation and exhaustive tables.
    public static let all: [Code] = [
      .invalidRequest, .invalidURL, .invalidConfiguration, .egressRefused, .resolve, .connect, .proxy, .tls,
      .tlsConfiguration, .timeoutConnect, .timeoutIdle, .timeoutTotal, .timeoutDeadline, .reset,
      .closedWithoutReply, .partialBody, .malformedResponse, .badEncoding, .bodyTooLarge, .headersTooLarge,
      .cancelled, .shutDown, .queueFull, .internalFailure,
    ]

    public var isTimeout: Bool {
      self == .timeoutConnect || self == .timeoutIdle || self == .timeoutTotal || self == .timeoutDeadline
    }
  }
}
