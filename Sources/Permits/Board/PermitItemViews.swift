import Applications

/// Which of a case's attempts count. They are in the order in which they were made.
///
/// Looked for by their places: a view is large, and copying those of ten thousand cases takes longer than making their clocks.
extension [PermitItemView] {
  /// The latest attempt at each item.
  var latest: [PermitItemView] { PermitItem.allCases.compactMap { latestPlace(of: $0) }.map { self[$0] } }

  /// The attempt at each item by which it stands: the latest one, which steps back, when nothing came of it, behind one before it that is under
  /// way or allowed.
  var counting: [PermitItemView] {
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
    guard let latest = latestPlace(of: item) else { return nil }
    guard self[latest].state?.hasFailed == true else { return latest }
    return indices.last {
      self[$0].attempt.item == item
        && (self[$0].state?.isUnderWay == true || self[$0].state?.isPermitted == true)
    } ?? latest
  }
}
