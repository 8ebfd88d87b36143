public import CivilTime
public import Registry

/// A permit case as whoever keeps it hands it over for an archive.
public struct ArchivedCase: Sendable {
  /// A file that was handed in with it.
  public struct File: Sendable {
    public let code: String
    public let sm3: String
    public let mediaType: String
    /// nil where it was not asked for.
    public let bytes: [UInt8]?

    public init(code: String, sm3: String, mediaType: String, bytes: [UInt8]?) {
      self.code = code
      self.sm3 = sm3
      self.mediaType = mediaType
      self.bytes = bytes
    }
  }

  /// An item that has to be permitted.
  public struct Item: Sendable {
    public let item: String
    public let title: String
    /// In Chinese.
    public let state: String
    public let isPermitted: Bool

    public init(item: String, title: String, state: String, isPermitted: Bool) {
      self.item = item
      self.title = title
      self.state = state
      self.isPermitted = isPermitted
    }
  }

  /// The utility's own number of it.
  public let number: String
  public let opened: Timestamp
  public let items: [Item]
  /// The case with its decisions as JSON; names nobody.
  public let document: [UInt8]
  /// Of its decisions.
  public let certificates: [CertificateID]
  public let files: [File]

  public init(
    number: String, opened: Timestamp, items: [Item], document: [UInt8], certificates: [CertificateID],
    files: [File]
  ) {
    self.number = number
    self.opened = opened
    self.items = items
    self.document = document
    self.certificates = certificates
    self.files = files
  }
}
