public import Certificates

/// Whose word counts when platforms disagree about a certificate. Both observations stay; this decides which one is the record.
public struct Precedence: Hashable, Sendable {
  private var platforms: [CertificateKind: [String]]
  private let lists: Set<String>

  /// By kind, the platforms in the order of their authority. Those not named come after all that are, equal among themselves: there the newer word counts.
  ///
  /// - Parameter lists: what is kept as the word of a platform and was handed over by people. It comes after all platforms that are not named, for its
  ///   time is that of the handing over, and what it says may be older than what a platform said before.
  public init(_ platforms: [CertificateKind: [String]] = [:], lists: Set<String> = []) {
    self.platforms = platforms
    self.lists = lists
  }

  /// 0 is the highest authority.
  func rank(_ platform: String, for kind: CertificateKind) -> Int {
    let order = platforms[kind] ?? []
    return order.firstIndex(of: platform) ?? (lists.contains(platform) ? order.count + 1 : order.count)
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
