/// Why a call brought no complete reply.
///
/// `description` holds the code, the origin (`https://host:port`) and what to do; never a path, a query, a header
/// or a body, because those can name people. What had been received is in ``partial``.
public struct TransportError: Error, Sendable {
  public var code: Code
  /// What happened, in words that name no person.
  public var message: String
  /// What to do next.
  public var remedy: String
  /// Whether a byte of this request may have reached the other side. If it did, a submission that cannot be
  /// repeated is *unknown*: ask what became of it before sending it again.
  public var requestBytesSent: Bool
  /// Whether all bytes of the request were handed to the system.
  public var requestComplete: Bool
  /// What had been received.
  public var partial: PartialResponse
  /// How often the request was begun; 0 when no connection was ready for it.
  public var attempts: Int
  public var timings: TransferTimings?
  /// `scheme://host:port`, when the URL could be read that far.
  public var origin: String?
  /// What the library said: for logs of operators, may name files and certificates.
  public var detail: String?

  public init(
    code: Code, message: String, remedy: String, requestBytesSent: Bool = false,
    requestComplete: Bool = false, partial: PartialResponse = PartialResponse(), attempts: Int = 0,
    timings: TransferTimings? = nil, origin: String? = nil, detail: String? = nil
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.requestBytesSent = requestBytesSent
    self.requestComplete = requestComplete
    self.partial = partial
    self.attempts = attempts
    self.timings = timings
    self.origin = origin
    self.detail = detail
  }

  static func invalidRequest(_ message: String, remedy: String) -> TransportError {
    TransportError(code: .invalidRequest, message: message, remedy: remedy)
  }

  static func invalidURL(_ message: String, remedy: String) -> TransportError {
    TransportError(code: .invalidURL, message: message, remedy: remedy)
  }
}

extension TransportError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    let place = origin.map { " (\($0))" } ?? ""
    return "\(code.rawValue): \(message)\(place). \(remedy)"
  }

  public var debugDescription: String {
    var text = description
    if let detail { text += " [\(detail)]" }
    text += " requestBytesSent=\(requestBytesSent) attempts=\(attempts)"
    if let status = partial.status { text += " status=\(status)" }
    if !partial.body.isEmpty { text += " received=\(partial.body.count)" }
    return text
  }
}
