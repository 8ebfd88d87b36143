/// The published days and the rules once more, written differently: dates are texts, months and weekdays are counted
/// day by day from a known Tuesday (2019-01-01). Shares no code with what it tests.
struct NaiveCalendar {
  struct Day {
    let text: String
    let year: Int
    let isWorking: Bool
  }

  /// 2019-01-01 … 2026-12-31.
  let days: [Day]
  let placeOf: [String: Int]

  init() {
    var rest: Set<String> = []
    var worked: Set<String> = []
    for line in Self.published.split(separator: "\n") {
      let halves = line.split(separator: "|")
      let year = halves[0].prefix(4)
      for word in halves[0].dropFirst(4).split(separator: " ") {
        for day in Self.expand(String(word)) { rest.insert("\(year)-\(day)") }
      }
      for word in halves[1].split(separator: " ") { worked.insert("\(year)-\(word)") }
    }
    var list: [Day] = []
    var weekday = 2
    for year in 2019...2026 {
      for (month, length) in Self.monthLengths(year).enumerated() {
        for day in 1...length {
          let text = "\(year)-\(Self.two(month + 1))-\(Self.two(day))"
          let isWorking = worked.contains(text) || (weekday <= 5 && !rest.contains(text))
          list.append(Day(text: text, year: year, isWorking: isWorking))
          weekday = weekday == 7 ? 1 : weekday + 1
        }
      }
    }
    days = list
    placeOf = Dictionary(uniqueKeysWithValues: list.enumerated().map { ($1.text, $0) })
  }

  /// `nil` when a day beyond 2026 decides.
  func workingDeadline(_ place: Int, _ count: Int) -> String? {
    var remaining = count
    var now = place
    while remaining > 0 {
      now += 1
      guard now < days.count else { return nil }
      if days[now].isWorking { remaining -= 1 }
    }
    return days[now].text
  }

  func rollingDeadline(_ place: Int, _ count: Int) -> String? {
    var now = place + count
    while now < days.count, !days[now].isWorking { now += 1 }
    return now < days.count ? days[now].text : nil
  }

  private static func expand(_ word: String) -> [String] {
    guard word.contains("..") else { return [word] }
    let month = Int(word.prefix(2)) ?? 0
    let first = Int(word.dropFirst(3).prefix(2)) ?? 0
    let end = String(word.dropFirst(7))
    var result: [String] = []
    if end.count == 2 {
      for day in first...(Int(end) ?? 0) { result.append("\(two(month))-\(two(day))") }
    } else {
      // A range over the end of a month: none of them starts in February.
      let length = [1: 31, 4: 30, 5: 31, 9: 30][month] ?? 0
      for day in first...length { result.append("\(two(month))-\(two(day))") }
      for day in 1...(Int(end.suffix(2)) ?? 0) { result.append("\(end.prefix(2))-\(two(day))") }
    }
    return result
  }

  private static func monthLengths(_ year: Int) -> [Int] {
    [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static let published = """
    2019 01-01 02-04..10 04-05..07 05-01..04 06-07..09 09-13..15 10-01..07|02-02 02-03 04-28 05-05 09-29 10-12
    2020 01-01 01-24..02-02 04-04..06 05-01..05 06-25..27 10-01..08|01-19 04-26 05-09 06-28 09-27 10-10
    2021 01-01..03 02-11..17 04-03..05 05-01..05 06-12..14 09-19..21 10-01..07|02-07 02-20 04-25 05-08 09-18 09-26 10-09
    2022 01-01..03 01-31..02-06 04-03..05 04-30..05-04 06-03..05 09-10..12 10-01..07 12-31|01-29 01-30 04-02 04-24 05-07 10-08 10-09
    2023 01-01..02 01-21..27 04-05 04-29..05-03 06-22..24 09-29..10-06 12-30..31|01-28 01-29 04-23 05-06 06-25 10-07 10-08
    2024 01-01 02-10..17 04-04..06 05-01..05 06-10 09-15..17 10-01..07|02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12
    2025 01-01 01-28..02-04 04-04..06 05-01..05 05-31..06-02 10-01..08|01-26 02-08 04-27 09-28 10-11
    2026 01-01..03 02-15..23 04-04..06 05-01..05 06-19..21 09-25..27 10-01..07|01-04 02-14 02-28 05-09 09-20 10-10
    """
}
