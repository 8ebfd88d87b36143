/// The word somebody probably meant.
public enum Suggestion {
  /// Words longer than this are not compared: nobody misspells them by accident.
  private static let maxLength = 64

  /// The candidate nearest to `word`, or nil when none is near enough to be meant.
  ///
  /// A candidate that differs only in case wins, then one that differs in `-`, `_`, `.` or blanks too; then the smallest number of inserted,
  /// dropped, changed and swapped characters, at most a third of the word; then the only candidate that begins
  /// with the word. Of equals the first wins.
  public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.unicodeScalars.prefix(maxLength + 1))
    guard !wanted.isEmpty, wanted.count <= maxLength else { return nil }
    let folded = fold(wanted)
    var best: (candidate: String, distance: Int)?
    var beginning: [String] = []
    var respelt: String?
    for candidate in candidates {
      let scalars = Array(candidate.unicodeScalars.prefix(maxLength + 1))
      guard !scalars.isEmpty, scalars.count <= maxLength else { continue }
      let other = fold(scalars)
      if other == folded {
        if scalars.count == wanted.count, zip(scalars, wanted).allSatisfy({ fold([$0]) == fold([$1]) }) {
          return candidate
        }
        respelt = respelt ?? candidate
        continue
      }
      if folded.count >= 3, other.starts(with: folded) { beginning.append(candidate) }
      let allowed = max(1, (max(folded.count, other.count) + 1) / 3)
      // Two letters that share nothing are not a misspelling.
      guard abs(folded.count - other.count) <= allowed, min(folded.count, other.count) > 1 else { continue }
      let found = distance(folded, other)
      if found <= allowed, found < best?.distance ?? .max { best = (candidate, found) }
    }
    if let respelt { return respelt }
    if let best { return best.candidate }
    return beginning.count == 1 ? beginning[0] : nil
  }

  private static func fold(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var folded: [Unicode.Scalar] = []
    folded.reserveCapacity(scalars.count)
    for scalar in scalars {
      switch scalar {
      case "-", "_", ".", " ": continue
      case "A"..."Z": folded.append(Unicode.Scalar(UInt8(scalar.value) + 32))
      default: folded.append(scalar)
      }
    }
    return folded.isEmpty ? scalars : folded
  }

  /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    var current = previous
    for row in 1...left.count {
      current[0] = row
      for column in 1...right.count {
        let change = left[row - 1] == right[column - 1] ? 0 : 1
        var best = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + change)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, beforePrevious[column - 2] + 1)
        }
        current[column] = best
      }
      (beforePrevious, previous, current) = (previous, current, beforePrevious)
    }
    return previous[right.count]
  }
}
