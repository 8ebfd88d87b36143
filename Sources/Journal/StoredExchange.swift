public import Exchanges

/// An exchange as it lies in the database, still sealed. Fetched inside a read; `Journal.open` unseals it where
/// nobody waits for the reader's thread.
public struct StoredExchange: Sendable {
  struct Part: Sendable {
    /// Nil when the part has been erased, less for what was erased when ciphertexts were still kept.
    let sealed: [UInt8]?
    /// Nil when the part has been erased.
    let wrappedKey: [UInt8]?
  }

  public let summary: ExchangeSummary
  let binding: PartBinding
  let parts: [ExchangePart: Part]

  public var id: ExchangeID { summary.id }
}
