/// One page of a list that goes on: one more was asked for than is shown, to know whether there are more.
struct ListPage<Element> {
  let elements: [Element]
  let hasMore: Bool

  init(_ found: [Element], limit: Int) {
    hasMore = found.count > limit
    elements = hasMore ? Array(found.prefix(limit)) : found
  }

  /// The last one shown, where others come behind it.
  var next: Element? { hasMore ? elements.last : nil }
}
