/// What went wrong while serving, with the remedy in its message.
///
/// `description` carries nothing a client sent; the message is made of constants and of the
/// operator's own configuration (an address, a file's role).
public struct HTTPServiceError: Error, Hashable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The address could not be resolved, bound or listened on.
    public static let bind = Code(rawValue: "http.bind")
    /// Certificate, key or client authorities were not usable.
    public static let tls = Code(rawValue: "http.tls")
    /// A TLS handshake with one client failed.
    public static let handshake = Code(rawValue: "http.handshake")
    /// The operating system refused a thread, an event base or a descriptor.
    public static let resources = Code(rawValue: "http.resources")
    /// `run()` was called a second time.
    public static let alreadyRan = Code(rawValue: "http.already-ran")
    /// The client is gone, or the server let go of it; nothing more can be written.
    public static let disconnected = Code(rawValue: "http.disconnected")
    /// A handler made a response that may not be sent (a line break in a header, a bad status).
    public static let invalidResponse = Code(rawValue: "http.invalid-response")
    /// A stream wrote more than the Content-Length it had declared.
    public static let bodyTooLong = Code(rawValue: "http.body-too-long")
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
