import CivilTime
import Exchanges
import SQLDatabase

extension Journal {
  /// The ids between the filter's times, in its order; none when there are none. More than one range only where moments of recording went back.
  static func ranges(of filter: ExchangeFilter, in reader: Reader) throws -> [ClosedRange<Int64>] {
    guard filter.since != nil || filter.until != nil else { return [0...Int64.max] }
    let steps = try reader.query("SELECT id FROM exchange_step ORDER BY id") { $0.int(0) }
    guard steps.isEmpty else {
      let ranges = try ranges(of: filter, between: steps, in: reader)
      return filter.order == .oldestFirst ? ranges : ranges.reversed()
    }
    var lower: Int64 = 0
    var upper = Int64.max
    if let since = filter.since {
      let first = try reader.first(
        "SELECT id FROM exchange WHERE recorded >= ?1 ORDER BY recorded, id LIMIT 1", .int(since.milliseconds)
      ) { $0.int(0) }
      guard let first else { return [] }
      lower = first
    }
    if let until = filter.until {
      let last = try reader.first(
        "SELECT id FROM exchange WHERE recorded < ?1 ORDER BY recorded DESC, id DESC LIMIT 1",
        .int(until.milliseconds)
      ) { $0.int(0) }
      guard let last else { return [] }
      upper = last
    }
    return lower <= upper ? [lower...upper] : []
  }

  /// From one step to the next moments go up: the ids of each part are searched by halves.
  private static func ranges(
    of filter: ExchangeFilter, between steps: [Int64], in reader: Reader
  ) throws -> [ClosedRange<Int64>] {
    let end = try reader.int("SELECT coalesce(max(id), 0) + 1 FROM exchange")
    func first(from start: Int64, to end: Int64, at moment: Timestamp) throws -> Int64 {
      var (low, high) = (start, end)
      while low < high {
        let middle = low + (high - low) / 2
        let found = try reader.first(
          "SELECT id, recorded FROM exchange WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1", .int(middle),
          .int(high)
        ) { (id: $0.int(0), recorded: $0.int(1)) }
        if let found, found.recorded < moment.milliseconds { low = found.id + 1 } else { high = middle }
      }
      return low
    }
    var ranges: [ClosedRange<Int64>] = []
    for (start, next) in zip([0] + steps, steps + [end]) where start < next {
      let from = try filter.since.map { try first(from: start, to: next, at: $0) } ?? start
      let until = try filter.until.map { try first(from: start, to: next, at: $0) } ?? next
      if from < until { ranges.append(from...(until - 1)) }
    }
    return ranges
  }

  /// What was recorded behind a step back, and is at least as old as the moment it had reached: by id, the latest moment before the step that is not of a
  /// time to come. A clock that stood behind makes nothing old.
  static func reached(by now: Timestamp, in reader: Reader) throws -> [(id: Int64, moment: Timestamp)] {
    var reached: [(id: Int64, moment: Timestamp)] = []
    let steps = try reader.query("SELECT id, reached FROM exchange_step ORDER BY id") {
      ($0.int(0), $0.intOrNull(1))
    }
    for case (let id, let moment?) in steps where moment <= now.milliseconds {
      let latest = max(moment, reached.last?.moment.milliseconds ?? .min)
      reached.append((id, Timestamp(milliseconds: latest)))
    }
    return reached
  }
}
