/// How much of a JSON text is read before it is refused, and which of the freedoms RFC 8259 leaves are taken.
///
/// The defaults accept everything the grammar of RFC 8259 accepts, up to sizes no platform sends in earnest.
public struct JSONLimits: Hashable, Sendable {
  /// Bytes of the whole text; never more than `largestText`.
  public var maxBytes: Int
  /// Objects and arrays inside one another; a scalar alone is depth 0.
  public var maxDepth: Int
  /// Values of every kind together, member names not counted.
  public var maxNodes: Int
  /// Refuse the text at the first name that occurs twice in one object, instead of reporting it.
  public var refusesDuplicateKeys: Bool
  /// Refuse the text at the first `\uD800`–`\uDFFF` that is not half of a pair, instead of reporting it.
  public var refusesUnpairedSurrogates: Bool

  /// What the tape can address: 256 MiB less one byte.
  public static let largestText = 1 << 28 - 1

  public init(
    maxBytes: Int = 64 << 20, maxDepth: Int = 1024, maxNodes: Int = 10_000_000,
    refusesDuplicateKeys: Bool = false, refusesUnpairedSurrogates: Bool = false
  ) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
    self.maxNodes = maxNodes
    self.refusesDuplicateKeys = refusesDuplicateKeys
    self.refusesUnpairedSurrogates = refusesUnpairedSurrogates
  }

  public static let standard = JSONLimits()
}
