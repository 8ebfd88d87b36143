public import CivilTime

/// The number under which the registry keeps a mapping or an adapter as it was when records were derived by it.
public struct DefinitionID: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int64
  public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A mapping or an adapter as it was: kept so that old records can still be proven after the files have changed.
public struct Definition: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case mapping, adapter
  }

  public let id: DefinitionID
  public let kind: Kind
  public let name: String
  public let version: Int
  /// SM3 of the content.
  public let digest: [UInt8]
  /// The files it was read from, as its owner packed them.
  public let content: [UInt8]
  public let firstUsed: Timestamp
}
