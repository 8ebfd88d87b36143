/// What of an application decides whether it was filed again.
struct OrderLink: Hashable, Sendable {
  let application: Int64
  /// In milliseconds.
  let applied: Int64
  let connected: Int64?
  let chain: Int64?

  /// So soon the next one for the same is taken for the same order, in days.
  static let days: Int64 = 31

  /// The chain of each of those of one customer, address and business: of each that came at most ``days`` behind the one before, which
  /// was not connected by then. It is called after the lowest number in it; one that stands alone has none.
  ///
  /// - Parameter links: in the order in which the customer applied.
  static func chains(of links: [OrderLink]) -> [Int64?] {
    var chains: [Int64?] = []
    var start = 0
    for index in links.indices {
      if index + 1 < links.count, follows(links[index + 1], links[index]) { continue }
      let run = links[start...index]
      let name = run.count > 1 ? run.map(\.application).min() : nil
      chains += Array(repeating: name, count: run.count)
      start = index + 1
    }
    return chains
  }

  private static func follows(_ next: OrderLink, _ link: OrderLink) -> Bool {
    guard next.applied - link.applied <= days * 86_400_000 else { return false }
    return link.connected.map { $0 > next.applied } ?? true
  }
}
