/// How many rows come in the long run, for operations whose windows bring too few to be judged one by one: windows are summed up until chance alone no longer
/// explains that nothing is in them. Pure.
///
/// Windows overlap by the look-back, so that a row is counted in several of them. The rate does not suffer from it; what was to be expected is counted over the
/// seconds that each window adds.
///
/// **How sure.** It is said that nothing comes any more where 50 rows were to be expected. Of rows that come by themselves at a steady rate chance leaves out
/// so many once in e^50 times; of rows that come in batches of b once in e^(50/b). A pause that is no longer than twice the longest one known says nothing
/// (weekends, holidays, a platform that delivers once a month).
///
/// **How soon.** A source that falls silent is told of once 50 rows are missing or its silence is twice as long as any before, whichever is later, at the end of the
/// window then under way. One that comes down to less than a tenth takes at most twice as long, since a stretch may have begun before.
struct SparseVolume: Hashable, Sendable {
  /// Windows one after another.
  struct Stretch: Hashable, Sendable {
    var rows = 0
    /// Of all windows together.
    var seconds = 0
    /// That they added to those before.
    var fresh = 0
    /// The longest time without a row that ended in it.
    var longestGap = 0

    /// Rows a second.
    var rate: Double { Double(rows) / Double(max(seconds, 1)) }
    /// Each counted once.
    var seen: Double { rate * Double(fresh) }
  }

  /// So much, about, was to be expected in each.
  private(set) var stretches: [Stretch] = [] {
    didSet { usual = Self.usual(of: stretches) }
  }
  /// Rows a second; nil before enough is known. Not the mean: a first pull of many years is like no other. Kept, as each window asks for it.
  private var usual: Double?
  /// The one that is being filled.
  private(set) var current = Stretch()
  /// Fresh seconds since the last window with a row.
  private(set) var gap = 0

  static let longest = 30
  /// Some two hundred rows before anything is said.
  static let leastStretches = 4

  init() {}

  init(stretches: [Stretch], current: Stretch, gap: Int) {
    (self.stretches, self.current, self.gap) = (stretches, current, gap)
    usual = Self.usual(of: stretches)
  }

  private static func usual(of stretches: [Stretch]) -> Double? {
    guard stretches.count >= leastStretches else { return nil }
    let rate = stretches.map(\.rate).sorted()[(stretches.count - 1) / 2]
    return rate > 0 ? rate : nil
  }

  private var longestGap: Int { max(current.longestGap, stretches.map(\.longestGap).max() ?? 0) }

  /// Whether so long a time says something, and how many rows were to be expected in it.
  private func expected(in seconds: Int, at usual: Double) -> Double? {
    let expected = usual * Double(seconds)
    return expected >= DriftRules.leastExpected && seconds > 2 * longestGap ? expected : nil
  }

  /// What is wrong once the window is added.
  func judge(_ window: VolumeHistory.Window) -> (kind: DriftKind, rows: Int, expected: Int)? {
    guard let usual else { return nil }
    let after = adding(window)
    if window.rows == 0, let expected = expected(in: gap + window.span.fresh, at: usual) {
      return (.suddenEmptiness, 0, Int(expected))
    }
    guard let expected = after.expected(in: after.current.fresh, at: usual),
      after.current.seen < DriftRules.collapseShare * expected,
      after.current.rate < DriftRules.poorestShare * (stretches.map(\.rate).min() ?? usual)
    else { return nil }
    return (.volumeCollapse, Int(after.current.seen.rounded()), Int(expected))
  }

  mutating func add(_ window: VolumeHistory.Window) {
    self = adding(window)
    let isFull =
      if let usual { expected(in: current.fresh, at: usual) != nil } else {
        current.seen >= DriftRules.leastExpected
      }
    guard isFull else { return }
    stretches.append(current)
    if stretches.count > Self.longest { stretches.removeFirst(stretches.count - Self.longest) }
    current = Stretch()
  }

  private func adding(_ window: VolumeHistory.Window) -> SparseVolume {
    var after = self
    let (seconds, fresh) = window.span
    after.current.rows += window.rows
    after.current.seconds += seconds
    after.current.fresh += fresh
    if window.rows == 0 {
      after.gap += fresh
    } else {
      after.current.longestGap = max(current.longestGap, gap)
      after.gap = 0
    }
    return after
  }
}

extension VolumeHistory.Window {
  /// Of an operation that is pulled as a whole one a pull.
  fileprivate var span: (seconds: Int, fresh: Int) {
    seconds == 0 ? (1, 1) : (seconds, min(max(fresh, 0), seconds))
  }
}
