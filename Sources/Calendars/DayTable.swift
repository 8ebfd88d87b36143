/// How many days are worked until each day of a calendar, so that counting them looks nothing up.
///
/// Days are numbers: days since 1970-01-01.
struct DayTable: Hashable, Sendable {
  private let first: Int
  /// Of each day, and of the one behind the last, how many are worked before it.
  private let worked: [Int32]
  /// Years between known ones that are not known themselves.
  private let gaps: [Range<Int>]

  /// - Parameter isWorked: of each day of a year from its first, in the order of the years; `nil` for a year that is not known.
  init(first: Int, years: [(days: Int, isWorked: [Bool]?)]) {
    self.first = first
    var (worked, gaps): ([Int32], [Range<Int>]) = ([0], [])
    for year in years {
      let start = first + worked.count - 1
      if year.isWorked == nil { gaps.append(start..<start + year.days) }
      var count = worked[worked.count - 1]
      for day in 0..<year.days {
        if year.isWorked?[day] == true { count += 1 }
        worked.append(count)
      }
    }
    (self.worked, self.gaps) = (worked, gaps)
  }

  /// `nil` in a year that is not known.
  func isWorked(_ day: Int) -> Bool? {
    let place = day - first
    guard place >= 0, place < worked.count - 1, isKnown(day, day) else { return nil }
    return worked[place] != worked[place + 1]
  }

  /// How many of the days after `start` up to and with `end` are worked; `nil` where one of them is in a year that is not
  /// known.
  func worked(after start: Int, through end: Int) -> Int? {
    guard start < end else { return 0 }
    let (from, to) = (start + 1 - first, end + 1 - first)
    guard from >= 0, to < worked.count, isKnown(start + 1, end) else { return nil }
    return Int(worked[to] - worked[from])
  }

  private func isKnown(_ from: Int, _ to: Int) -> Bool {
    gaps.isEmpty || gaps.allSatisfy { to < $0.lowerBound || from >= $0.upperBound }
  }
}
