import Certificates
import CivilTime
import Documents
import Exchanges
import Mapping
import TestSupport
import Testing

/// Values converted by the rules against the same reckoned in another way.
@Suite struct ValuePropertyTests {
  /// Applies one rule to many values at once.
  static func values(_ field: String, _ rule: String, _ texts: [String]) throws -> [String?] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("rows") { writer in
        writer.array { writer in
          for text in texts {
            writer.object { writer in
              writer.member("no", "4-1-00033-2006")
              writer.member("v", text)
            }
          }
        }
      }
    }
    let yaml = Fixture.fields(
      "basic.name: {from: $.v, nulls: [], otherwise: x}\n\(field): \(rule)",
      kind: field.contains("landArea") ? "construction-planning-permit" : "contractor-licence"
    ).replacingOccurrences("basic.number: $.no", "basic.number: $.no\n      basic.issuerCode: $.no")
    let result = try Fixture.apply(yaml, json: writer.text)
    let field = try #require(Fixture.field(field))
    var values: [String?] = []
    var records = result.records.makeIterator()
    let faulty = Set(result.quarantined.map(\.locator.path))
    for index in texts.indices {
      values.append(
        faulty.contains("$['rows'][\(index)]") ? "fault" : records.next()?.record[field]?.displayText)
    }
    return values
  }

  @Test(arguments: [
    ("yyyy-MM-dd", "-", 2), ("yyyyMMdd", "", 2), ("yyyy/MM/dd", "/", 2), ("yyyy.MM.dd", ".", 2),
    ("yyyy-MM-dd", "-", 1), ("yyyy/MM/dd", "/", 1), ("yyyy.MM.dd", ".", 1), ("yyyy年M月d日", "年", 1),
    ("yyyy年M月d日", "年", 2), ("iso", "-", 2), ("any", "-", 2), ("any", "", 2), ("any", "/", 1), ("any", "年", 1),
  ])
  func everyDayOfSomeYearsIsRead(_ form: String, _ separator: String, _ width: Int) throws {
    var texts: [String] = []
    var expected: [String] = []
    for year in [1900, 1999, 2000, 2023, 2024] {
      for month in 1...12 {
        for day in 1...31 {
          func two(_ number: Int) -> String { number < 10 && width == 2 ? "0\(number)" : "\(number)" }
          let text =
            separator == "年"
            ? "\(year)年\(two(month))月\(two(day))日"
            : "\(year)\(separator)\(two(month))\(separator)\(two(day))"
          texts.append(text)
          // Days that do not exist are faults; the calendar is CivilTime's.
          expected.append(CivilDate(year: year, month: month, day: day)?.description ?? "fault")
        }
      }
    }
    let rule = "{from: $.v, date: \(form)}"
    #expect(try Self.values("basic.issuedDate", rule, texts) == expected)
  }

  @Test func everyMinuteOfADayIsRead() throws {
    var texts: [String] = []
    var expected: [String] = []
    let date = try #require(CivilDate(iso: "2024-02-29"))
    for minute in 0..<1440 {
      let time = try #require(CivilDateTime(date: date, secondOfDay: minute * 60 + 59))
      texts += [time.compact, time.description.replacingOccurrences("T", " "), time.description + "+08:00"]
      let instant = time.timestamp(offsetSeconds: UTCOffset.china)
      texts += ["\(instant.milliseconds / 1000)", "\(instant.milliseconds)"]
      expected += [String](repeating: instant.iso8601, count: 5)
    }
    #expect(try Self.values("management.sourceUpdatedAt", "{from: $.v, date: any}", texts) == expected)
  }

  @Test(arguments: [
    "2019-02-29", "2019-13-01", "20190000", "2019/3/", "2019年3月", "2019-03-04 24:00:00", "2019-03-04 10:00",
    "20190304102060", "1551657600 ", "-1551657600", "155165760", "15516576001234",
    "2019-03-04T10:00:00+25:00",
    "20191340", "０２０１９", "2019-3-004", "999999999999999999999",
  ])
  func whatIsNoDateIsAFault(_ text: String) throws {
    let found = try Self.values("basic.issuedDate", "{from: $.v, date: any, keepBlanks: true}", [text])
    #expect(found == ["fault"])
  }

  /// Units against integer arithmetic over millionths.
  @Test(arguments: [
    ("元", 1, 10_000, 6), ("万元", 1, 1, 6), ("亿元", 10_000, 1, 6),
  ])
  func amountsAreConvertedExactly(_ unit: String, _ times: Int, _ over: Int, _ places: Int) throws {
    var random = SplitMix64(seed: 7)
    var texts: [String] = []
    var expected: [String] = []
    for _ in 0..<2000 {
      let millionths = Int.random(in: -90_000_000_000...90_000_000_000, using: &random)
      texts.append(Self.decimal(millionths, places: 6))
      // Ten digits behind the point are enough for every factor.
      expected.append(Self.decimal(millionths * (10_000 / over) * times, places: 10))
    }
    let rule = "{from: $.v, unit: \(unit)}"
    #expect(try Self.values("specific.registeredCapital", rule, texts) == expected)
  }

  @Test func muAreRoundedToFourPlaces() throws {
    var random = SplitMix64(seed: 11)
    var texts = [
      "0", "0.0", "1", "3", "1.5", "0.00000001", "0.0000001", "1e2", "0.15", "999999999999999999999999999999",
    ]
    var expected = [
      "0", "0", "666.6667", "2000", "1000", "0", "0.0001", "66666.6667", "100",
      "666666666666666666666666666666000",
    ]
    expected[9] = "666666666666666666666666666666000"
    texts[9] = "999999999999999999999999999999"
    for _ in 0..<2000 {
      let hundredths = Int.random(in: 0...9_000_000_000, using: &random)
      texts.append(Self.decimal(hundredths, places: 2))
      // × 2000/3 to ten-thousandths, half up: hundredths · 2000 · 100 / 3.
      let scaled = hundredths * 200_000
      expected.append(Self.decimal((scaled * 2 + 3) / 6, places: 4))
    }
    #expect(try Self.values("specific.landArea", "{from: $.v, unit: 亩}", texts) == expected)
  }

  @Test(arguments: ["", "-", ".", "1.2.3", "1e", "1e1000", "0x10", "１２", "1 2", "--1", "1,000", "Infinity"])
  func whatIsNoNumberIsAFault(_ text: String) throws {
    #expect(
      try Self.values("specific.landArea", "{from: $.v, unit: 公顷, nulls: []}", [text]) == ["fault"])
  }

  /// The number as decimal text in canonical form.
  static func decimal(_ value: Int, places: Int) -> String {
    var digits = String(value.magnitude)
    while digits.count <= places { digits = "0" + digits }
    let whole = digits.dropLast(places)
    var fraction = digits.suffix(places)
    while fraction.last == "0" { fraction.removeLast() }
    return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
