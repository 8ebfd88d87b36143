import Applications

/// Which of a case's attempts count. They are in the order in which they were made.
extension [PermitItemView] {
  /// The latest attempt at each item.
  var latest: [PermitItemView] {
    PermitItem.allCases.compactMap { item in last { $0.attempt.item == item } }
  }

  /// The attempt at each item by which it stands: the latest one, which steps back, when nothing came of it, behind one before it that is under
  /// way or allowed.
  var counting: [PermitItemView] {
    latest.map { latest in
      guard latest.state?.hasFailed == true else { return latest }
      return last { one in
        one.attempt.item == latest.attempt.item
          && (one.state?.isUnderWay == true || one.state?.isPermitted == true)
      } ?? latest
    }
  }

  /// Item by item those that are shown: the one by which the item stands, and every other that the window has to decide.
  var standing: [PermitItemView] {
    counting.flatMap { counting in
      filter { one in
        one.attempt.id == counting.attempt.id
          || one.attempt.item == counting.attempt.item && one.state?.isUnderWay == true
      }
    }
  }
}
