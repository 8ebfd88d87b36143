import Applications

/// Which of a case's attempts count. They are in the order in which they were made.
///
/// Looked for by their places: a view is large, and copying those of ten thousand cases takes longer than making their clocks.
extension [PermitItemView] {
  /// The latest attempt at each item.
  var latest: [PermitItemView] { PermitItem.allCases.compactMap { latestPlace(of: $0) }.map { self[$0] } }

  /// The attempt at each item by which it stands.
  public var counting: [PermitItemView] {
    PermitItem.allCases.compactMap { countingPlace(of: $0) }.map { self[$0] }
  }

  /// Item by item the places of those that are shown: the one by which the item stands, and every other that the window has to decide.
  var standingPlaces: [Int] {
    PermitItem.allCases.flatMap { item -> [Int] in
      guard let counting = countingPlace(of: item) else { return [] }
      return indices.filter {
        $0 == counting || self[$0].attempt.item == item && self[$0].state?.isUnderWay == true
      }
    }
  }

  private func latestPlace(of item: PermitItem) -> Int? {
    indices.last { self[$0].attempt.item == item }
  }

  private func countingPlace(of item: PermitItem) -> Int? {
    indices.lazy.filter { self[$0].attempt.item == item }.counting { self[$0].state }
  }
}

extension BidirectionalCollection {
  /// Of the attempts at one item, in the order in which they were made, the one by which it stands: the latest, which steps back,
  /// when nothing came of it, behind one before it that is under way or allowed.
  func counting(_ state: (Element) -> PermitState?) -> Element? {
    guard let last, state(last)?.hasFailed == true else { return last }
    return self.last { one in
      state(one).map { $0.isUnderWay || $0.isPermitted } == true
    } ?? last
  }
}
