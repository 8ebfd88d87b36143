import CivilTime

/// In which order pushes are handed in again: what is due first goes first. Pure.
enum ReplayOrder {
  struct Item: Hashable, Sendable {
    let id: Int64
    /// Its case: what belongs to one keeps its order.
    let sequence: String
    let due: Timestamp?
  }

  /// - Parameter items: as they were handed in first.
  /// - Returns: the earliest due first, and what is not due behind it. What stands before another of its case is as urgent as that one.
  static func sorted(_ items: [Item]) -> [Item] {
    var urgency: [String: Timestamp] = [:]
    var keyed: [(due: Timestamp?, place: Int)] = []
    keyed.reserveCapacity(items.count)
    for (place, item) in items.enumerated().reversed() {
      let due = [item.due, urgency[item.sequence]].compactMap(\.self).min()
      if let due { urgency[item.sequence] = due }
      keyed.append((due, place))
    }
    keyed.sort { left, right in
      switch (left.due, right.due) {
      case (let mine?, let theirs?) where mine != theirs: mine < theirs
      case (_?, nil): true
      case (nil, _?): false
      default: left.place < right.place
      }
    }
    return keyed.map { items[$0.place] }
  }
}
