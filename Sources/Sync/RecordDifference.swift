public import Certificates
public import Exchanges
public import Mapping

/// A row of a message of which two readings do not say the same: two mappings, or what is stored and what a re-map would store.
public struct RecordDifference: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Both make a record, and the records differ.
    case changed
    /// Only the new reading makes a record.
    case appeared
    /// Only the old reading makes a record.
    case vanished
  }

  public let exchange: ExchangeID
  public let locator: RecordLocator
  public let entity: String
  public let kind: Kind
  /// The paths that differ; empty unless it is `changed`, and there where only another platform speaks for the certificate.
  public let fields: [String]
  public let old: CertificateRecord?
  public let new: CertificateRecord?
  /// Why the new reading quarantines the row, where it does.
  public let reasons: [RowProblem]

  /// The paths without the places of holders: `holders[].phone` for `holders[3].phone`.
  public var kindsOfFields: [String] {
    fields.map { path in
      guard path.hasPrefix("holders["), let end = path.firstIndex(of: "]") else { return path }
      return "holders[" + path[end...]
    }
  }
}
