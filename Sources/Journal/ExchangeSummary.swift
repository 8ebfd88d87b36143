public import CivilTime
public import Exchanges

/// What the journal tells about an exchange without opening anything: for lists, counts and decisions.
public struct ExchangeSummary: Hashable, Sendable {
  public let id: ExchangeID
  public let platform: String
  public let operation: String
  public let direction: ExchangeDirection
  public let method: String
  /// Scheme, host and path; what may name a person is left out. `Journal.exchange` has it complete.
  public let addressOutline: String
  public let status: Int?
  public let created: Timestamp
  public let sent: Timestamp?
  public let received: Timestamp?
  /// Never earlier than that of a smaller id, even when the clock is set back.
  public let recorded: Timestamp
  public let attempt: Int
  public let parent: ExchangeID?
  public let requestID: String
  public let outcome: Outcome
  public let problemCode: String?
  public let problemClass: ErrorClass?
  public let requestContentType: String?
  /// Bytes of the body as it crossed the border.
  public let requestSize: Int
  public let responseContentType: String?
  public let responseSize: Int
  public let digests: ExchangeDigests
  /// When the content was erased; nil while it can be opened.
  public let erased: Timestamp?
  /// When the answer was added; nil while there is none, and where request and answer were recorded at once.
  public let answered: Timestamp?

  /// Whether it was recorded with this part.
  func had(_ part: ExchangePart) -> Bool {
    switch part {
    case .request: true
    case .response: digests.responseSealed != nil
    case .problem: problemCode != nil
    }
  }

  /// The exchange as it was when it was recorded: without the answer that was added since.
  var asRecorded: ExchangeSummary {
    guard answered != nil else { return self }
    return ExchangeSummary(
      id: id, platform: platform, operation: operation, direction: direction, method: method,
      addressOutline: addressOutline, status: nil, created: created, sent: nil, received: nil,
      recorded: recorded, attempt: attempt, parent: parent, requestID: requestID, outcome: outcome,
      problemCode: problemCode, problemClass: problemClass, requestContentType: requestContentType,
      requestSize: requestSize, responseContentType: nil, responseSize: 0,
      digests: ExchangeDigests(
        requestSealed: digests.requestSealed, responseSealed: nil, requestContent: digests.requestContent,
        responseContent: nil), erased: erased, answered: nil)
  }
}

/// What a chain commits to: all SM3, 32 bytes.
public struct ExchangeDigests: Hashable, Sendable {
  /// Of the ciphertexts. They can be checked without any key.
  public let requestSealed: [UInt8]
  public let responseSealed: [UInt8]?
  /// Of the content with its salt. Whoever shows salt and content proves what was said.
  public let requestContent: [UInt8]
  public let responseContent: [UInt8]?

  /// Nil for parts without digests of their own.
  func of(_ part: ExchangePart) -> (sealed: [UInt8], content: [UInt8])? {
    switch part {
    case .request: (requestSealed, requestContent)
    case .response:
      // A response that lies there without a digest is refused like one with a wrong digest.
      (responseSealed ?? [], responseContent ?? [])
    case .problem: nil
    }
  }
}
