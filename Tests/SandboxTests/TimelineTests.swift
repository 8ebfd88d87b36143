import Testing

@testable import Sandbox

struct TimelineTests {
  private struct Seen: Equatable {
    let row: Int
    let version: Int
    let time: Int
  }

  /// What a platform with a real table would answer.
  private func expected(_ timeline: Timeline, from: Int, to: Int, now: Int) -> [Seen] {
    (0..<timeline.count)
      .map { row in
        let version = timeline.version(of: row, now: now)
        return Seen(row: row, version: version, time: timeline.updated(row, version: version))
      }
      .filter { $0.time >= from && $0.time < to && $0.time <= now }
      .sorted { ($0.time, $0.version, $0.row) < ($1.time, $1.version, $1.row) }
  }

  private func answered(_ selection: Timeline.Selection, page: Int) -> [Seen] {
    var rows: [Seen] = []
    var offset = 0
    while true {
      let before = rows.count
      selection.forEach(offset: offset, limit: page) { rows.append(Seen(row: $0, version: $1, time: $2)) }
      if rows.count == before { return rows }
      offset += page
    }
  }

  @Test(arguments: [0, 1, 4, 5, 6, 9, 10, 16, 100, 1_000])
  func `any window at any time agrees with a table`(count: Int) {
    var draw = Draw(seed: 3, .house, count)
    let timeline = Timeline(count: count, start: 1_000, end: 1_000 + max(10, count * 3))
    for _ in 0..<60 {
      let span = timeline.end - timeline.start
      let from = 900 + draw.below(span + 200)
      let to = from + draw.below(span + 100)
      let now = 900 + draw.below(2 * span)
      let selection = timeline.selection(from: from, to: to, now: now)
      let table = expected(timeline, from: from, to: to, now: now)
      #expect(selection.total == table.count)
      #expect(answered(selection, page: draw.below(40) + 1) == table)
    }
  }

  @Test func `a place in a window is found again`() {
    let timeline = Timeline(count: 500, start: 0, end: 4_000)
    let selection = timeline.selection(from: 100, to: 3_000, now: 2_500)
    for offset in 0...selection.total {
      let place = selection.place(offset: offset)
      #expect(selection.offset(second: place.second, passed: place.passed) == offset)
    }
  }

  @Test func `a full window holds each row once`() {
    let timeline = Timeline(count: 10_000, start: 0, end: 50_000)
    for now in [50_000, 53_000, 60_000] {
      #expect(timeline.selection(from: 0, to: 1_000_000, now: now).total == 10_000)
    }
    #expect(timeline.selection(from: 0, to: 1_000_000, now: 25_000).total == 5_005)
  }
}
