internal import SQLDatabase

/// Finds entries of the chain by their moments without reading all of them: numbers grow as time does, but for clocks that were set back.
struct EntrySearch {
  /// Entries that are looked at one by one before or behind where the time was met: a clock that was set back while so many were made hides none.
  static let near: Int64 = 1000

  private let last: Int64
  private let moment: Statement
  private let earlier: Statement
  private let later: Statement

  /// - Parameter last: the number of the chain's last entry.
  init(last: Int64, in reader: Reader) throws {
    self.last = last
    moment = try reader.prepare(
      "SELECT moment FROM journal_entry WHERE number >= ?1 ORDER BY number LIMIT 1")
    earlier = try reader.prepare(
      """
      SELECT number FROM journal_entry WHERE number BETWEEN ?1 AND ?2 AND moment >= ?3 ORDER BY number LIMIT 1
      """)
    later = try reader.prepare(
      """
      SELECT number FROM journal_entry WHERE number BETWEEN ?1 AND ?2 AND moment < ?3
      ORDER BY number DESC LIMIT 1
      """)
  }

  /// The first entry made at `time` or later; one behind the last where there is none.
  func first(from time: Int64) throws -> Int64 {
    var first = try edge(of: time)
    while let found = try earlier.first(
      .int(first - Self.near), .int(first - 1), .int(time), row: { $0.int(0) })
    { first = found }
    return first
  }

  /// The last entry made before `time`; 0 where there is none.
  func last(before time: Int64) throws -> Int64 {
    var last = try edge(of: time) - 1
    while let found = try later.first(
      .int(last + 1), .int(last + Self.near), .int(time), row: { $0.int(0) })
    { last = found }
    return last
  }

  private func edge(of time: Int64) throws -> Int64 {
    try Self.edge(in: 1...last) { number in
      try moment.first(.int(number)) { $0.int(0) >= time } ?? true
    }
  }

  /// The first number from which on `isReached` holds; one behind the range where it holds for none.
  static func edge(
    in range: ClosedRange<Int64>, isReached: (_ number: Int64) throws -> Bool
  ) rethrows -> Int64 {
    var (low, high) = (range.lowerBound, range.upperBound + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try isReached(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
