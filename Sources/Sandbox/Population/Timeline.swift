/// When the rows of one data set came into being and changed, without a stored list.
///
/// Row `i` is created at `created(i)`, batches of rows at the same second, as registries import them. Every sixteenth
/// row changes once, a fixed delay later. A platform shows each row once, under the time of its latest change that
/// has happened by now: a changed row leaves its old place and appears at the new one.
struct Timeline: Sendable {
  /// Rows imported at the same second.
  static let batch = 5
  private static let revisionEvery = 16
  private static let firstRevised = 9

  let count: Int
  /// Seconds of Unix time: the first row's; no row is created at or after the end.
  let start: Int
  let end: Int
  private let delay: Int
  private let batches: Int

  init(count: Int, start: Int, end: Int) {
    precondition(count >= 0 && start >= 0 && end > start)
    self.count = count
    self.start = start
    self.end = end
    batches = (count + Timeline.batch - 1) / Timeline.batch
    delay = max(1, (end - start) / 8)
  }

  func created(_ row: Int) -> Int {
    start + row / Timeline.batch * (end - start) / max(1, batches)
  }

  func isRevised(_ row: Int) -> Bool {
    row % Timeline.revisionEvery == Timeline.firstRevised
  }

  func revised(_ row: Int) -> Int {
    created(row) + delay
  }

  /// 1, or 2 when the row's change has happened by `now`.
  func version(of row: Int, now: Int) -> Int {
    isRevised(row) && revised(row) <= now ? 2 : 1
  }

  func updated(_ row: Int, version: Int) -> Int {
    version == 1 ? created(row) : revised(row)
  }

  /// The rows whose last change lies in `from..<to`, as they are at `now`.
  func selection(from: Int, to: Int, now: Int) -> Selection {
    Selection(timeline: self, from: from, to: min(to, now + 1), now: now)
  }

  /// Rows created before second `time`.
  fileprivate func rowsCreated(before time: Int) -> Int {
    if time <= start { return 0 }
    if time >= end { return count }
    // created(batch b) = start + ⌊b·span/batches⌋ < time  ⇔  b·span < (time - start)·batches
    let earlier = ((time - start) * batches + (end - start) - 1) / (end - start)
    return min(count, earlier * Timeline.batch)
  }

  /// How many of the rows before `row` are ones that change.
  fileprivate func revisable(before row: Int) -> Int {
    (row + Timeline.revisionEvery - 1 - Timeline.firstRevised) / Timeline.revisionEvery
  }

  fileprivate func revisable(_ number: Int) -> Int {
    number * Timeline.revisionEvery + Timeline.firstRevised
  }

  /// Changes that happened before second `time`.
  fileprivate func changes(before time: Int) -> Int {
    revisable(before: rowsCreated(before: time - delay))
  }

  /// A window of rows in the order (time of last change, row).
  struct Selection {
    let timeline: Timeline
    let from: Int
    let to: Int
    let now: Int

    var total: Int { max(0, rank(to) - rank(from)) }

    /// Changes that have happened by now: together with the total they tell two states of a window apart.
    var moved: Int { timeline.changes(before: now + 1) }

    /// Visible rows last changed before `time`.
    private func rank(_ time: Int) -> Int {
      let created = timeline.rowsCreated(before: time)
      let moved = timeline.changes(before: now + 1)
      return created - min(timeline.revisable(before: created), moved)
        + min(timeline.changes(before: time), moved)
    }

    /// Calls `body` with (row, version, second of the last change) for `limit` rows after the first `offset`.
    func forEach(offset: Int, limit: Int, _ body: (Int, Int, Int) -> Void) {
      let wanted = rank(from) + offset
      guard offset >= 0, limit > 0, wanted < rank(to) else { return }
      let time = lastTime(rankAtMost: wanted)
      var skip = wanted - rank(time)
      var left = limit
      var row = timeline.rowsCreated(before: time)
      var change = timeline.changes(before: time)
      let moved = timeline.changes(before: now + 1)
      let hiddenBefore = timeline.revisable(moved)
      while left > 0 {
        while row < timeline.count, row < hiddenBefore, timeline.isRevised(row) { row += 1 }
        let createdAt = row < timeline.count ? timeline.created(row) : Int.max
        let changedAt = change < moved ? timeline.revised(timeline.revisable(change)) : Int.max
        let at = min(createdAt, changedAt)
        guard at < to else { return }
        if skip > 0 {
          skip -= 1
        } else {
          left -= 1
          createdAt <= changedAt ? body(row, 1, at) : body(timeline.revisable(change), 2, at)
        }
        if createdAt <= changedAt { row += 1 } else { change += 1 }
      }
    }

    /// The place after the first `offset` rows, as (second, rows of that second already passed).
    func place(offset: Int) -> (second: Int, passed: Int) {
      let wanted = rank(from) + offset
      let time = lastTime(rankAtMost: wanted)
      return (time, wanted - rank(time))
    }

    /// The inverse of ``place(offset:)``; at least 0.
    func offset(second: Int, passed: Int) -> Int {
      max(0, rank(max(from, second)) + passed - rank(from))
    }

    /// The latest second before `to` that has at most `wanted` rows before it.
    private func lastTime(rankAtMost wanted: Int) -> Int {
      var low = max(from, 0)
      var high = max(low, to)
      while low < high {
        let middle = low + (high - low + 1) / 2
        if rank(middle) <= wanted { low = middle } else { high = middle - 1 }
      }
      return low
    }
  }
}
