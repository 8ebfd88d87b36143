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
