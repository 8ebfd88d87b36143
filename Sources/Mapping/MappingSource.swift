/// A file of the `Mappings` folder as bytes: this module reads none itself.
public struct MappingSource: Hashable, Sendable {
  /// The place below `Mappings` (for code lists, below `Mappings/codes`) without `.yaml`:
  /// `zhejiang-public-data/business-licence`.
  public let name: String
  /// The file as its author knows it, for messages.
  public let file: String
  public let bytes: [UInt8]

  public init(name: String, file: String, bytes: [UInt8]) {
    self.name = name
    self.file = file
    self.bytes = bytes
  }
}
