import Certificates
import Documents
import Mapping
import Testing

/// One key of a rule after the other: what comes out of a value, or the code of the fault in brackets.
@Suite struct RuleKeyTests {
  struct Case: CustomTestStringConvertible {
    let field: String
    let rule: String
    /// The value of `v` in the row, as JSON; nil: not there.
    let value: String?
    let expected: String?
    var kind = "contractor-licence"

    init(_ field: String, _ rule: String, _ value: String?, _ expected: String?) {
      self.field = field
      self.rule = rule
      self.value = value
      self.expected = expected
    }

    var testDescription: String { "\(field): \(rule) of \(value ?? "nothing")" }
  }

  static func run(_ test: Case) throws -> String? {
    let yaml = Fixture.fields("\(test.field): \(test.rule)")
    let value = test.value.map { ",\"v\":\($0)" } ?? ""
    let json = #"{"top":{"a":"whole"},"rows":[{"no":"4-1-00033-2006","w":"second""# + value + "}]}"
    return try Fixture.apply(yaml, json: json).only(test.field)
  }

  static let name = "basic.name"

  @Test(arguments: [
    Case(name, "$.v", #""甲""#, "甲"),
    Case(name, "$.v", #"" 甲 ""#, "甲"),
    Case(name, "$.v", #""　甲\u00a0\u3000""#, "甲"),
    Case(name, "$.v", "12.50", "12.50"),
    Case(name, "$.v", "true", "true"),
    Case(name, "$.v", "null", nil),
    Case(name, "$.v", nil, nil),
    Case(name, "$.v", #""""#, nil),
    Case(name, "$.v", #""/""#, nil),
    Case(name, "$.v", #"" 无 ""#, nil),
    Case(name, "$.v", "[]", "[wrong-type basic.name]"),
    Case(name, "$.v", "{}", "[wrong-type basic.name]"),
    Case(name, "$.v", #""\ud800""#, "[wrong-type basic.name]"),
    Case(name, "$['v']", #""甲""#, "甲"),
    Case(name, "$.v[1]", #"["甲","乙"]"#, "乙"),
    Case(name, "$.v[?@.k=='x'].n", #"[{"k":"y","n":"甲"},{"k":"x","n":"乙"}]"#, "乙"),
    Case(name, "$..deep", #"{"a":{"deep":"甲"}}"#, "甲"),
    Case(name, "{from: $.v}", #""甲""#, "甲"),
    Case(name, "{from: [$.v, $.w]}", #""甲""#, "甲"),
    Case(name, "{from: [$.v, $.w]}", #""/""#, "second"),
    Case(name, "{from: [$.v, $.w]}", nil, "second"),
    Case(name, "{from: [$.v, $.w]}", "[1]", "[wrong-type basic.name]"),
    Case(name, "{from: $.top.a, of: message}", nil, "whole"),
    Case(name, "{constant: 固定}", #""甲""#, "固定"),
    Case(name, #"{constant: "true", when: {from: $.v, present: true}}"#, nil, nil),
    Case(name, #"{constant: "yes", when: {from: $.v, present: true}}"#, "0", "yes"),
    Case(name, #"{from: $.v, nulls: ["-"]}"#, #""-""#, nil),
    Case(name, #"{from: $.v, nulls: ["-"]}"#, #""/""#, "/"),
    Case(name, #"{from: $.v, nulls: []}"#, #""""#, ""),
    Case(name, "{from: $.v, keepBlanks: true}", #"" 甲 ""#, " 甲 "),
    Case(name, "{from: $.v, keepBlanks: true}", #"" / ""#, " / "),
    Case(name, "{from: $.v, normalize: nfkc}", #""（甲）ＡＢ１①""#, "(甲)AB11"),
    Case(name, "{from: $.v, normalize: [uppercase]}", #""ab甲""#, "AB甲"),
    Case(name, "{from: $.v, normalize: [lowercase]}", #""AB""#, "ab"),
    Case(name, "{from: $.v, normalize: compact}", #""a b　c\t""#, "abc"),
    Case(name, "{from: $.v, normalize: collapse}", #""a  b　 c""#, "a b c"),
    Case(name, "{from: $.v, normalize: [uppercase, nfkc, compact]}", #""ａ ｂ""#, "AB"),
    Case(name, "{from: $.v, match: '第(\\d+)号'}", #""字第12号""#, "12"),
    Case(name, "{from: $.v, match: '\\d+'}", #""字第12号""#, "12"),
    Case(name, "{from: $.v, match: '第(\\d+)号'}", #""字第号""#, "[no-match basic.name]"),
    Case(name, "{from: $.v, match: '第(\\d+)?号'}", #""第号""#, nil),
    Case(name, "{from: $.v, replace: {pattern: '（.*）', with: ''}}", #""甲（旧）""#, "甲"),
    Case(
      name, "{from: $.v, replace: [{pattern: a, with: b}, {pattern: '(b)', with: '$1c'}]}", #""aa""#, "bcbc"),
    Case(name, "{from: $.v, replace: {pattern: '.*', with: ''}}", #""甲""#, nil),
    Case("specific.classes", "{from: $.v, split: 、}", #""承装三级、 承修三级、、/""#, "承装三级；承修三级"),
    Case("specific.classes", "$.v", #"["承装三级"," 承修三级 ",null]"#, "承装三级；承修三级"),
    Case("specific.classes", "$.v[*].n", #"[{"n":"a"},{"n":"b"}]"#, "a；b"),
    Case("specific.classes", "$.v[*].n", #"[{"n":"a"}]"#, "a"),
    Case("specific.classes", "$.v", #"[["a"]]"#, "[wrong-type specific.classes]"),
    Case("specific.classes", "$.v", "[]", nil),
    Case("specific.classes", "$.v", #""承装三级""#, "承装三级"),
    Case("specific.classes", "{constant: [a, b]}", nil, "a；b"),
    Case(name, #"{from: $.v, codes: {entries: {"1": 一}}}"#, "1", "一"),
    Case(name, #"{from: $.v, codes: {entries: {"1": 一}}}"#, "2", "[unknown-code basic.name]"),
    Case(name, #"{from: $.v, codes: {entries: {"1": 一}, unknown: keep}}"#, "2", "2"),
    Case(name, #"{from: $.v, codes: {entries: {"1": 一}, unknown: warn}}"#, "2", "2"),
    Case("basic.issuedDate", "$.v", #""2019-03-04""#, "2019-03-04"),
    Case(
      "basic.issuedDate", "{from: $.v, date: yyyyMMdd}", #""2019-03-04""#, "[not-a-date basic.issuedDate]"),
    Case("basic.issuedDate", "{from: $.v, date: [yyyyMMdd, yyyy年M月d日]}", #""2019年3月4日""#, "2019-03-04"),
    Case("basic.issuedDate", "{from: $.v, date: iso}", #""2019-03-04T16:00:00Z""#, "2019-03-05"),
    Case("basic.issuedDate", "{from: $.v, date: iso, zone: Z}", #""2019-03-04T16:00:00Z""#, "2019-03-04"),
    Case("management.sourceUpdatedAt", "$.v", #""2019-03-04 08:00:00""#, "2019-03-04T00:00:00.000Z"),
    Case(
      "management.sourceUpdatedAt", "{from: $.v, zone: '+00:00'}", #""20190304080000""#,
      "2019-03-04T08:00:00.000Z"),
    Case("management.sourceUpdatedAt", "$.v", #""2019-03-04""#, "2019-03-03T16:00:00.000Z"),
    Case(
      "management.sourceUpdatedAt", "{from: $.v, date: epoch-ms}", "1551657600123", "2019-03-04T00:00:00.123Z"
    ),
    Case(
      "management.sourceUpdatedAt", "{from: $.v, date: epoch-s}", "1551657600", "2019-03-04T00:00:00.000Z"),
    Case("specific.registeredCapital", "{from: $.v, unit: 万元}", "100.50", "100.5"),
    Case("specific.registeredCapital", "{from: $.v, unit: 元}", "1000001", "100.0001"),
    Case("specific.registeredCapital", "{from: $.v, unit: 亿元}", #""1.2""#, "12000"),
    Case("specific.registeredCapital", "{from: $.v, unit: 万元}", "1.5e2", "150"),
    Case(
      "specific.registeredCapital", "{from: $.v, unit: 万元}", #""1,000""#,
      "[not-a-number specific.registeredCapital]"),
    Case(
      "specific.registeredCapital", "{from: $.v, unit: 万元, match: '^([\\d.]+)万元'}", #""100万元人民币""#, "100"),
    Case(
      "specific.registeredCapital", "{from: $.v, unit: 万元}", #""NaN""#,
      "[not-a-number specific.registeredCapital]"),
    Case("management.sourceDeleted", "$.v", "true", "是"),
    Case("management.sourceDeleted", "$.v", #""0""#, "否"),
    Case("management.sourceDeleted", "$.v", #""Y""#, "[not-a-flag management.sourceDeleted]"),
    Case(
      "management.sourceDeleted", #"{from: $.v, codes: {entries: {Y: "true", N: "false"}}}"#, #""Y""#, "是"),
    Case("basic.areaCode", "{from: $.v, check: area-code}", "330100", "330100"),
    Case(
      "basic.areaCode", "{from: $.v, check: area-code}", #""33010""#, "[wrong-length basic.areaCode]"),
    Case(
      "basic.areaCode", "{from: $.v, check: {identifier: area-code, otherwise: warn}}", #""33010""#, "33010"),
    Case(name, "{from: $.v, otherwise: 其他}", nil, "其他"),
    Case(name, "{from: $.v, otherwise: 其他}", #""甲""#, "甲"),
    Case("basic.issuedDate", "{from: $.v, otherwise: 2000-01-01}", #""/""#, "2000-01-01"),
    Case("specific.classes", "{from: $.v, otherwise: 无等级}", #""/""#, "无等级"),
    Case(name, "{from: $.v, required: true}", nil, "[no-value basic.name]"),
    Case(name, "{from: $.v, required: true}", #""甲""#, "甲"),
    Case(name, "{from: $.v, required: true, when: {from: $.v, present: true}}", nil, nil),
    Case(name, #"[{from: $.v, when: {from: $.v, equals: "1"}}, $.w]"#, "1", "1"),
    Case(name, #"[{from: $.v, when: {from: $.v, equals: "1"}}, $.w]"#, "2", "second"),
    Case(name, "[$.v, {constant: 末}]", nil, "末"),
    Case(
      name, "[{from: $.v, required: true, when: {from: $.w, present: true}}, {constant: 末}]", nil,
      "[no-value basic.name]"),
  ])
  func acts(_ test: Case) throws {
    #expect(try Self.run(test) == test.expected)
  }

  @Test(arguments: [
    ("{from: $.v, equals: '1'}", true), ("{from: $.v, equals: '2'}", false),
    ("{from: $.x, equals: '1'}", false),
    ("{from: $.v, in: ['2', '1']}", true), ("{from: $.v, in: ['2']}", false),
    ("{from: $.t, matches: 丙}", true), ("{from: $.t, matches: '^丙'}", false),
    ("{from: $.x, matches: ''}", false),
    ("{from: $.v, present: true}", true), ("{from: $.x, present: true}", false),
    ("{from: $.x, present: false}", true), ("{from: $.n, present: true}", false),
    ("{from: $.s, present: true}", false), ("{from: $.l, present: true}", true),
    ("{from: $.l, equals: '1'}", false), ("{from: [$.x, $.v], equals: '1'}", true),
    ("{from: $.v, not: {equals: '1'}}", false), ("{from: $.x, not: {equals: '1'}}", true),
    ("{from: $.v, not: {in: ['3']}}", true), ("{from: $.t, not: {matches: 丙}}", false),
    ("{not: {from: $.v, equals: '1'}}", false),
    ("{all: [{from: $.v, equals: '1'}, {from: $.t, matches: 丙}]}", true),
    ("{all: [{from: $.v, equals: '1'}, {from: $.t, matches: 丁}]}", false),
    ("{any: [{from: $.v, equals: '9'}, {from: $.t, matches: 丙}]}", true),
    ("{any: [{from: $.v, equals: '9'}, {from: $.t, matches: 丁}]}", false),
    ("{from: $.t, normalize: compact, equals: 甲丙}", true),
    ("{from: $.b, keepBlanks: true, equals: ' 1 '}", true), ("{from: $.b, equals: '1'}", true),
    ("{from: $.flag, of: message, equals: 'true'}", true),
    ("{from: $.s, nulls: [], equals: /}", true),
  ])
  func conditionsDecide(_ condition: String, _ isTrue: Bool) throws {
    let yaml = Fixture.entity(
      "contractor-licence", "when: \(condition)\nfields:\n  basic.number: $.no")
    let json =
      #"{"flag":true,"rows":[{"no":"4-1-00033-2006","v":1,"t":"甲 丙","n":null,"s":"/","l":[1],"b":" 1 "}]}"#
    let result = try Fixture.apply(yaml, json: json)
    #expect(result.records.count == (isTrue ? 1 : 0))
    #expect(result.skipped == (isTrue ? 0 : 1))
  }

  @Test func warningsSayWhatWasKept() throws {
    let yaml = Fixture.fields(
      #"basic.name: {from: $.v, codes: {entries: {"1": 一}, unknown: warn}}"#)
    let result = try Fixture.apply(yaml, json: #"{"rows":[{"no":"4-1-00033-2006","v":"秘密"}]}"#)
    let warning = try #require(result.records.first?.warnings.first { $0.code == "unknown-code" })
    #expect(warning.field == "basic.name")
    #expect(warning.source == "$.v")
    #expect(!warning.description.contains("秘密"))
  }

  /// Reasons are stored and shown: they hold no piece of somebody's number, either.
  @Test(arguments: ["33010019900101123Z", "330199199001010019", "330199177701010017", "330199199013010011"])
  func noProblemHoldsAPieceOfACitizenNumber(number: String) throws {
    let yaml = Fixture.fields("basic.name: {from: $.v, check: citizen-id}")
    let result = try Fixture.apply(yaml, json: #"{"rows":[{"no":"4-1-00033-2006","v":"\#(number)"}]}"#)
    let row = try #require(result.quarantined.first)
    #expect(!row.reasons.isEmpty)
    #expect(!row.reasons.map(\.message).joined().contains { $0.isNumber || $0 == "X" || $0 == "Z" })
  }

  @Test func noProblemHoldsAValue() throws {
    let secret = "33010019900101123Z"
    for rule in [
      "{from: $.v, check: citizen-id}", "{from: $.v, codes: {entries: {a: b}}}", "{from: $.v, match: '^x'}",
    ] {
      let yaml = Fixture.fields("basic.name: \(rule)")
      let result = try Fixture.apply(yaml, json: #"{"rows":[{"no":"4-1-00033-2006","v":"\#(secret)"}]}"#)
      let row = try #require(result.quarantined.first)
      #expect(!row.reasons.map(\.description).joined().contains(secret))
    }
  }
}
