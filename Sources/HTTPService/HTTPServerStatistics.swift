/// Counts since the server was made, for metrics. No label in it comes from a client.
public struct HTTPServerStatistics: Hashable, Sendable {
  public var acceptedConnections = 0
  /// Connections open now.
  public var openConnections = 0
  /// Turned away because every place was taken.
  public var refusedConnections = 0
  public var failedHandshakes = 0
  /// Whole requests given to the handler.
  public var requests = 0
  /// Answered by the server itself: malformed, too large, too slow, too many.
  public var refusedRequests = 0
  /// Ended by the handler with a reset or short of their declared length.
  public var abortedResponses = 0

  public init() {}
}
