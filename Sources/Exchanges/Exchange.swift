public import CivilTime

/// Who called whom.
public enum ExchangeDirection: String, CaseIterable, Sendable {
  /// The gateway called the platform.
  case outbound
  /// The platform called the gateway.
  case inbound
}

/// One header as it crossed the border, in the order sent. Names compare without case, as HTTP wants it.
public struct ExchangeHeader: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// One request and its response, as they crossed the border, less the secrets (see ``Redaction``).
public struct Exchange: Hashable, Sendable {
  public var platform: String
  public var operation: String
  public var direction: ExchangeDirection
  public var method: String
  /// Complete address with query, secrets replaced.
  public var address: String
  public var requestHeaders: [ExchangeHeader]
  public var requestBody: [UInt8]
  /// nil as long as no status line has come.
  public var status: Int?
  public var responseHeaders: [ExchangeHeader]
  public var responseBody: [UInt8]

  /// When the gateway decided to make the call, or began to read an inbound one.
  public var created: Timestamp
  /// When the request had left; nil when it never did.
  public var sent: Timestamp?
  /// When the last byte of the response had come; nil when it never did.
  public var received: Timestamp?
  /// When the journal made it durable; nil before.
  public var recorded: Timestamp?

  /// 1 for the first try.
  public var attempt: Int
  /// The exchange this one repeats, continues (next page) or answers.
  public var parent: ExchangeID?
  public var outcome: Outcome
  public var problem: ExchangeProblem?
  /// The id that runs from the consumer's call to the platform's, for finding both again.
  public var requestID: String

  public init(
    platform: String, operation: String, direction: ExchangeDirection = .outbound, method: String,
    address: String, requestHeaders: [ExchangeHeader] = [], requestBody: [UInt8] = [], status: Int? = nil,
    responseHeaders: [ExchangeHeader] = [], responseBody: [UInt8] = [], created: Timestamp,
    sent: Timestamp? = nil, received: Timestamp? = nil, recorded: Timestamp? = nil, attempt: Int = 1,
    parent: ExchangeID? = nil, outcome: Outcome, problem: ExchangeProblem? = nil, requestID: String
  ) {
    self.platform = platform
    self.operation = operation
    self.direction = direction
    self.method = method
    self.address = address
    self.requestHeaders = requestHeaders
    self.requestBody = requestBody
    self.status = status
    self.responseHeaders = responseHeaders
    self.responseBody = responseBody
    self.created = created
    self.sent = sent
    self.received = received
    self.recorded = recorded
    self.attempt = attempt
    self.parent = parent
    self.outcome = outcome
    self.problem = problem
    self.requestID = requestID
  }
}

extension Exchange: CustomStringConvertible {
  /// For logs: no address, header or body, since those may name people.
  public var description: String {
    "\(platform)/\(operation) \(direction.rawValue) \(method) \(status.map(String.init) ?? "-") \(outcome.rawValue)"
  }
}
