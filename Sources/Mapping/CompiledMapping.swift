public import Certificates
public import Documents

/// A mapping, checked and compiled: says what one platform's message means. Immutable and usable by any number of
/// threads at once; a message belongs to one thread.
public struct CompiledMapping: Sendable {
  /// What a mapping says of one kind of record.
  public struct Entity: Hashable, Sendable {
    public let name: String
    public let kind: CertificateKind
    public let contract: Contract
    /// The places of its rows that it reads.
    public let read: ReadPlaces
  }

  /// The place below `Mappings`: `zhejiang-public-data/business-licence`.
  public let name: String
  /// Raised by the author when the meaning changes.
  public let version: Int
  public let title: String
  public let format: MessageFormat
  public let entities: [Entity]
  /// The sources of the mapping and of the code lists it uses, from which ``init(bundle:)`` compiles it again: what a
  /// registry keeps, to be able to prove what a record was derived with. The same sources give the same bytes.
  public let bundle: [UInt8]
  /// The same sources without the places of their files: equal for mappings that say the same, wherever they lie.
  public let content: [UInt8]
  /// The names of the code lists it uses, in order.
  public let codeLists: [String]

  let groups: [RowGroup]

  /// Where its rows are, as written.
  public var rowPaths: [String] { groups.map(\.rows.text) }
}
