/// How large a YAML document may be. Configuration is written by people: the defaults are far above any of it
/// and far below what would hurt.
public struct YAMLLimits: Hashable, Sendable {
  public var maxBytes: Int
  /// Nested sequences and mappings.
  public var maxDepth: Int
  /// Scalars, sequences and mappings together, keys included.
  public var maxNodes: Int

  public init(maxBytes: Int = 8 << 20, maxDepth: Int = 64, maxNodes: Int = 500_000) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
    self.maxNodes = maxNodes
  }
}
