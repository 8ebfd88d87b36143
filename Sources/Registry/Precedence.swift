public import Certificates

/// Whose word counts when platforms disagree about a certificate. Both observations stay; this decides which one is the record.
public struct Precedence: Hashable, Sendable {
  private var platforms: [CertificateKind: [String]]

  /// By kind, the platforms in the order of their authority. Those not named come after all that are, equal among themselves: there the newer word counts.
  public init(_ platforms: [CertificateKind: [String]] = [:]) {
    self.platforms = platforms
  }

  /// 0 is the highest authority.
  func rank(_ platform: String, for kind: CertificateKind) -> Int {
    let order = platforms[kind] ?? []
    return order.firstIndex(of: platform) ?? order.count
  }
}

/// What resolution needs to know of an observation.
struct Claim {
  var rank: Int
  /// Whether the platform gave the content, or only said that what was asked agrees.
  var hasContent: Bool
  /// When the platform last changed the row, else when it told us.
  var time: Int64

  /// Content before bare agreement, authority before age, then the newer word.
  func prevails(over other: Claim) -> Bool {
    if hasContent != other.hasContent { return hasContent }
    if rank != other.rank { return rank < other.rank }
    return time >= other.time
  }
}
