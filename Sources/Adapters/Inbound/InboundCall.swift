public import Applications
public import CivilTime

/// A platform's request as it came.
public struct InboundRequest: Sendable {
  public var method: String
  /// With its query, without scheme and host.
  public var target: String
  public var query: [(name: String, value: String)]
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// Numeric.
  public var remoteAddress: String
  /// The subject of the certificate that it showed and that was verified.
  public var certificateSubject: String?

  public init(
    method: String, target: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)], body: [UInt8], remoteAddress: String,
    certificateSubject: String? = nil
  ) {
    self.method = method
    self.target = target
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.certificateSubject = certificateSubject
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }
}

/// What a call says, read as the manifest says it is written.
public struct InboundCall: Hashable, Sendable {
  public let purpose: InboundOperation.Purpose
  public let platform: String
  public let operation: String
  /// The platform's number of what it is about, ours, or both.
  public let receipt: String?
  public let key: String?
  public let event: PermitEvent
  /// When it happened, by the clock of China; nil where the call does not say it.
  public let happened: CivilDateTime?
  public let decision: String?
  public let note: String?
}

/// A call that showed who it is.
public struct InboundAdmission: Sendable {
  /// What may come once within the window; nil where the manifest asks for none.
  public let nonce: [UInt8]?
  /// Until when the nonce has to be remembered.
  public let nonceEnds: Timestamp
}

/// What the platform is answered.
public struct InboundReply: Hashable, Sendable {
  public let status: Int
  /// nil where there is no body.
  public let contentType: String?
  public let body: [UInt8]

  public init(status: Int, contentType: String?, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}
