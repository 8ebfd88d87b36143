internal import Crypto
internal import CivilTime
internal import Exchanges

/// An exchange compressed, sealed and ready to be inserted: all that costs time is done, so that the writer thread
/// only copies bytes. Made by `Journal.prepare` on any thread and inserted once.
public struct PreparedExchange: Sendable {
  struct Part: Sendable {
    let sealed: [UInt8]
    let wrappedKey: [UInt8]
    /// SM3 of the ciphertext.
    let sealedDigest: [UInt8]
    /// SM3 of the salted content.
    let contentDigest: [UInt8]
  }

  let binding: PartBinding
  let method: String
  let address: String
  let status: Int?
  let sent: Timestamp?
  let received: Timestamp?
  let parent: ExchangeID?
  let requestID: String
  let outcome: Outcome
  let problemCode: String?
  let problemClass: ErrorClass?
  let requestType: String?
  let requestSize: Int
  let responseType: String?
  let responseSize: Int
  let request: Part
  /// Nil when nothing came back.
  let response: Part?
  let problem: Part?

  func summary(id: ExchangeID, recorded: Timestamp) -> ExchangeSummary {
    ExchangeSummary(
      id: id, platform: binding.platform, operation: binding.operation, direction: binding.direction,
      method: method, addressOutline: address, status: status, created: binding.created, sent: sent,
      received: received, recorded: recorded, attempt: binding.attempt, parent: parent, requestID: requestID,
      outcome: outcome, problemCode: problemCode, problemClass: problemClass,
      requestContentType: requestType, requestSize: requestSize, responseContentType: responseType,
      responseSize: responseSize,
      digests: ExchangeDigests(
        requestSealed: request.sealedDigest, responseSealed: response?.sealedDigest,
        requestContent: request.contentDigest, responseContent: response?.contentDigest), erased: nil,
      answered: nil)
  }

  /// How many bytes the sealed parts take on the disk.
  public var sealedByteCount: Int {
    request.sealed.count + (response?.sealed.count ?? 0) + (problem?.sealed.count ?? 0)
  }
}

/// What the sealed parts are bound to: a random token and the columns that never change. A part that is moved to
/// another exchange, or whose row is altered in these columns, does not open.
struct PartBinding: Sendable {
  let token: [UInt8]
  let platform: String
  let operation: String
  let direction: ExchangeDirection
  let created: Timestamp
  let attempt: Int

  func context(_ part: ExchangePart) -> String {
    // Lengths keep two different rows from giving one text.
    """
    journal/\(part.word)/\(Hex.encode(token))/\(platform.utf8.count):\(platform)/\
    \(operation.utf8.count):\(operation)/\(direction.rawValue)/\(created.milliseconds)/\(attempt)
    """
  }
}
