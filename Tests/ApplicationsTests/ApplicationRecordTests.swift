import Applications
import CivilTime
import Documents
import Testing

@Suite struct ApplicationRecordTests {
  static let complete = """
    {"kind":"permit-application","applicationNumber":"SQ-2026-0001","projectName":"拟东线","itemCode":"road-digging",
     "applicant":{"name":"拟电力公司","code":"91330199TX0000001W","codeType":"001"},
     "agent":{"name":"张三","phone":"15400000001"},
     "location":"西湖区","areaCode":"330199","startDate":"2026-03-01","endDate":"2026-04-01",
     "lineLength":1250.50,"diggingLength":"030","promise":true,
     "attachments":[{"name":"a.pdf","kind":"CL01","mediaType":"application/pdf","size":3,"sm3":"00"}]}
    """

  @Test func aRecordSurvivesItsJSON() throws {
    let record = try ApplicationRecord(decoding: Array(Self.complete.utf8))
    #expect(record.kind == .permitApplication)
    #expect(
      record.values["lineLength"] == .amount("1250.5") && record.values["diggingLength"] == .amount("30"))
    #expect(record.values.value(at: "applicant.name") == .text("拟电力公司"))
    #expect(record.values["startDate"] == CivilDate(iso: "2026-03-01").map { .date($0) })
    #expect(try ApplicationRecord(decoding: record.encode()) == record)
    #expect(
      try ApplicationRecord(decoding: record.encode(layout: .pretty(indent: 2))).encode() == record.encode())
  }

  /// One change to a good record, and the problem it must give.
  @Test(arguments: [
    (#""promise":true"#, #""promise":"true""#, "promise: true or false is needed [wrong-type]"),
    (#""promise":true,"#, "", "promise: 告知承诺 is needed [missing]"),
    (
      #""location":"#, #""loction":"#,
      "loction: there is no such field (did you mean 'location'?) [unknown-field]"
    ),
    (#""location":"西湖区""#, #""location":"""#, "location: a text that is not empty is needed [wrong-type]"),
    ("2026-03-01", "2026-02-30", "startDate: a date such as 2026-03-01 is needed [wrong-type]"),
    ("2026-03-01", "2026-05-01", "endDate: the end is before the start [contradiction]"),
    ("1250.50", "1e3", "lineLength: a number in m, not negative and without exponent is needed [wrong-type]"),
    ("1250.50", "-1", "lineLength: a number in m, not negative and without exponent is needed [wrong-type]"),
    (
      "1250.50", "null", "lineLength: a number in m, not negative and without exponent is needed [wrong-type]"
    ),
    (#""codeType":"001""#, #""codeType":"002""#, "applicant.codeType: one of 001"),
    (#","sm3":"00""#, "", "attachments[0].sm3: 文件摘要 is needed [missing]"),
    (#"{"name":"张三","phone":"15400000001"}"#, "[]", "agent: an object is needed [wrong-type]"),
    (
      "permit-application", "permit",
      "kind: one of permit-application, data-objection is needed [unknown-kind]"
    ),
    (#"{"kind""#, #"{{"kind""#, "[not-json]"),
  ])
  func mistakesAreToldWithTheirField(_ old: String, _ new: String, _ problem: String) throws {
    let text = Self.complete.replacing(old, with: new)
    #expect(text != Self.complete)
    let error = try #require(throws: ApplicationError.self) {
      try ApplicationRecord(decoding: Array(text.utf8))
    }
    #expect(error.description.contains(problem), "\(error)")
    #expect(!error.description.contains("张三"))
  }

  @Test func everyMistakeIsToldAtOnce() throws {
    let error = try #require(throws: ApplicationError.self) {
      try ApplicationRecord(decoding: Array(#"{"kind":"data-objection","platform":1,"contact":{}}"#.utf8))
    }
    #expect(
      error.problems.map(\.field) == [
        "platform", "contact.name", "contact.phone", "certificateNumber", "certificateKind", "field",
        "grounds",
      ])
  }

  @Test func everyPathLeadsToItsField() {
    for kind in ApplicationKind.allCases {
      for path in kind.fields.paths {
        #expect(kind.fields.field(at: path)?.name == path.split(separator: ".").last.map(String.init))
      }
      #expect(Set(kind.fields.paths).count == kind.fields.paths.count)
    }
    #expect(ApplicationKind.permitApplication.fields.paths.contains("applicant.codeType"))
    #expect(ApplicationKind.permitApplication.fields.field(at: "attachments.name") == nil)
  }
}
