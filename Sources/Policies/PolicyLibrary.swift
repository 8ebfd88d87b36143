public import Documents

/// All policies of a site. Reading files is the caller's.
public struct PolicyLibrary: Sendable {
  /// One `policy.yaml`.
  public struct Source: Sendable {
    /// The folder it lies in, below the folder of adapters.
    public let name: String
    /// As diagnostics name it.
    public let file: String
    public let bytes: [UInt8]

    public init(name: String, file: String, bytes: [UInt8]) {
      self.name = name
      self.file = file
      self.bytes = bytes
    }
  }

  /// By name, in order.
  public let policies: [Policy]
  private let byName: [String: Policy]
  private let byRegion: [String: Policy]

  /// Reads every policy; those with errors are reported and left out.
  public init(_ sources: [Source], _ diagnostics: Diagnostics) {
    var policies: [Policy] = []
    var marks: [String: YAMLMark] = [:]
    for source in sources.sorted(by: { $0.name < $1.name }) {
      guard let document = YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: diagnostics)
      else { continue }
      guard let policy = PolicyReader.read(document.root, name: source.name, diagnostics) else { continue }
      marks[policy.name] = document.root.mark
      policies.append(policy)
    }
    let given = Dictionary(policies.map { ($0.name, $0) }) { first, _ in first }
    self.policies = policies.filter { policy in
      Self.isSound(policy, given, Set(sources.map(\.name)), at: marks[policy.name]!, diagnostics)
    }
    byName = Dictionary(self.policies.map { ($0.name, $0) }) { first, _ in first }
    var regions: [String: Policy] = [:]
    for policy in self.policies {
      if let other = regions.updateValue(policy, forKey: policy.region) {
        diagnostics.error(
          "the region \(policy.region) has two policies, \(other.name) and \(policy.name)",
          at: marks[policy.name]!)
      }
    }
    byRegion = regions
  }

  /// The policy of a region, or of the nearest region around it: of the county, the city, the province, the nation.
  public func policy(forRegion code: String) -> Policy? {
    let digits = String(code.prefix(6))
    guard digits.utf8.count == 6 else { return nil }
    for kept in [6, 4, 2, 0] {
      let around = digits.prefix(kept) + String(repeating: "0", count: 6 - kept)
      if let policy = byRegion[String(around)] { return policy }
    }
    return nil
  }

  public func policy(named name: String) -> Policy? { byName[name] }

  /// The policy and those above it, the nearest first.
  public func chain(_ policy: Policy) -> [Policy] {
    var chain = [policy]
    while let parent = chain[chain.count - 1].parent.flatMap({ byName[$0] }) { chain.append(parent) }
    return chain
  }

  /// Whether the policies above it can be found and end with one that inherits nothing.
  private static func isSound(
    _ policy: Policy, _ given: [String: Policy], _ files: Set<String>, at mark: YAMLMark,
    _ diagnostics: Diagnostics
  ) -> Bool {
    var seen = [policy.name]
    var current = policy
    while let parent = current.parent {
      guard let above = given[parent] else {
        if !files.contains(parent) {
          diagnostics.error(
            "the policy \(current.name) inherits '\(parent)', and there is no such policy", at: mark,
            suggestion: Suggestion.nearest(to: parent, in: given.keys.sorted()))
        }
        return false
      }
      guard !seen.contains(parent) else {
        diagnostics.error(
          "policies inherit in a circle: \((seen + [parent]).joined(separator: " → "))", at: mark)
        return false
      }
      seen.append(parent)
      current = above
    }
    return true
  }
}
