import CivilTime

extension WorkCalendar {
  /// Reads a calendar file.
  ///
  ///     # from the State Council's notice
  ///     2027 off  元旦 01-01..03 春节 02-06..12
  ///     2027 work 02-14 02-20
  ///
  /// One line names a year, `off` or `work`, and days as `MM-dd` or ranges `MM-dd..dd` or `MM-dd..MM-dd`. A word between
  /// days is the name of the holiday that follows. Several lines for a year add up. `#` starts a comment. Every year
  /// needs a line with `off`: a year without rest days is a mistake.
  ///
  /// - Parameter file: the file's name, for messages.
  /// - Throws: ``CalendarError`` of code `invalidFile` with all mistakes.
  public init(parsing text: String, file: String) throws(CalendarError) {
    var reader = CalendarReader(file: file)
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      reader.read(line, number)
    }
    reader.finish(lines: number)
    guard reader.problems.isEmpty else {
      throw CalendarError(
        .invalidFile, "\(file) has \(reader.problems.count) mistakes", problems: reader.problems)
    }
    self.init(plans: reader.plans)
  }
}

private struct CalendarReader {
  struct Word {
    let text: Substring
    let column: Int
  }

  let file: String
  var plans: [Int: WorkCalendar.Year] = [:]
  var problems: [CalendarError.Problem] = []
  private var firstLine: [Int: Int] = [:]
  private var line = 0

  init(file: String) { self.file = file }

  mutating func read(_ text: Substring, _ number: Int) {
    line = number
    var words = Self.words(text)[...]
    guard let first = words.popFirst() else { return }
    guard let year = Int(first.text), first.text.count == 4, (1990...2100).contains(year) else {
      return report(first, "a year from 1990 to 2100 is expected")
    }
    guard let kind = words.popFirst() else {
      return report(first, "\"off\" or \"work\" is expected after the year")
    }
    guard kind.text == "off" || kind.text == "work" else {
      return report(kind, "\"off\" or \"work\" is expected here")
    }
    if words.isEmpty { report(kind, "no days follow") }
    firstLine[year] = firstLine[year] ?? number
    var plan = plans[year] ?? WorkCalendar.Year()
    var name: String?
    for word in words {
      guard word.text.first?.isASCII == true, word.text.first?.isNumber == true else {
        name = String(word.text)
        continue
      }
      guard let days = readDays(word, year) else { continue }
      for day in days { add(day, kind.text == "work", name, &plan, word) }
    }
    plans[year] = plan
  }

  mutating func finish(lines: Int) {
    for (year, plan) in plans.sorted(by: { $0.key < $1.key }) where plan.rest.isEmpty {
      problems.append(
        CalendarError.Problem(
          file: file, line: firstLine[year] ?? lines, column: 1,
          message: "\(year) has no rest days (\"\(year) off …\")"))
    }
    if plans.isEmpty, problems.isEmpty {
      problems.append(
        CalendarError.Problem(file: file, line: 1, column: 1, message: "the calendar has no year"))
    }
  }

  private mutating func add(
    _ date: CivilDate, _ isWorked: Bool, _ name: String?, _ plan: inout WorkCalendar.Year, _ word: Word
  ) {
    let day = WorkCalendar.dayOfYear(date)
    if plan.rest.keys.contains(day) || plan.worked.contains(day) {
      return report(word, "\(date) is listed twice")
    }
    if isWorked {
      if date.weekday < 6 { return report(word, "\(date) is worked anyway: it is no Saturday or Sunday") }
      plan.worked.insert(day)
    } else {
      plan.rest.updateValue(name, forKey: day)
    }
  }

  /// `MM-dd`, `MM-dd..dd` or `MM-dd..MM-dd`.
  private mutating func readDays(_ word: Word, _ year: Int) -> [CivilDate]? {
    let form = "a day (MM-dd) or a range (MM-dd..dd, MM-dd..MM-dd) is expected"
    var ends: [Substring] = []
    if let dots = word.text.firstRange(of: "..") {
      ends = [word.text[..<dots.lowerBound], word.text[dots.upperBound...]]
    } else {
      ends = [word.text]
    }
    guard let start = Self.monthAndDay(ends[0]) else {
      report(word, form)
      return nil
    }
    var end = start
    if ends.count == 2 {
      if let day = Self.number(ends[1]) {
        end = (start.month, day)
      } else if let named = Self.monthAndDay(ends[1]) {
        end = named
      } else {
        report(word, form)
        return nil
      }
    }
    guard let first = CivilDate(year: year, month: start.month, day: start.day),
      let last = CivilDate(year: year, month: end.month, day: end.day)
    else {
      report(word, "\(year) has no such day")
      return nil
    }
    guard first <= last else {
      report(word, "the range ends before it starts")
      return nil
    }
    guard last.daysSinceEpoch - first.daysSinceEpoch < 31 else {
      report(word, "no holiday is longer than a month")
      return nil
    }
    return (0...(last.daysSinceEpoch - first.daysSinceEpoch)).map { first.adding(days: $0) }
  }

  private mutating func report(_ word: Word, _ message: String) {
    problems.append(CalendarError.Problem(file: file, line: line, column: word.column, message: message))
  }

  private static func monthAndDay(_ text: Substring) -> (month: Int, day: Int)? {
    let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
    guard pieces.count == 2, let month = number(pieces[0]), let day = number(pieces[1]) else { return nil }
    return (month, day)
  }

  /// Exactly two ASCII digits.
  private static func number(_ text: Substring) -> Int? {
    guard text.utf8.count == 2, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int(text)
  }

  private static func words(_ line: Substring) -> [Word] {
    var words: [Word] = []
    var start: String.Index?
    var column = 0
    var startColumn = 0
    for index in line.indices {
      column += 1
      let character = line[index]
      if character == "#" || character.isWhitespace || character == "\u{FEFF}" {
        if let begin = start { words.append(Word(text: line[begin..<index], column: startColumn)) }
        start = nil
        if character == "#" { return words }
      } else if start == nil {
        start = index
        startColumn = column
      }
    }
    if let begin = start { words.append(Word(text: line[begin...], column: startColumn)) }
    return words
  }
}
