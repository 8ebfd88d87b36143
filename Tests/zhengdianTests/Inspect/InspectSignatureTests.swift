import Documents
import Testing

@testable import zhengdian

@Suite struct InspectSignatureTests {
  /// The example of GB/T 32918.5-2017, annex A.
  static let publicKey =
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    + "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
  static let message = "6d65737361676520646967657374"
  static let r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
  static let s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
  static let userID = "31323334353637383132333435363738"
  static let families = """
    adapter: families/test
    title: 测试
    basis: convention
    signature:
      text: appKey + secret + requestTime
      value: hex(md5(text))
    """

  private func answer(_ members: [String: String]) async throws -> JSONValue {
    var writer = JSONWriter()
    writer.object { for (name, text) in members { $0.member(name, text) } }
    let run = await CommandRun("inspect", "signature", input: writer.bytes)
    #expect(run.code == .done)
    return try JSONDocument(parsing: run.output).root
  }

  private var example: [String: String] {
    ["scheme": "sm2-sm3", "publicKey": Self.publicKey, "message": Self.message, "signature": Self.r + Self.s]
  }

  @Test(arguments: [nil, userID]) func verifies(_ userID: String?) async throws {
    var members = example
    members["userId"] = userID
    #expect(try await answer(members)["valid"]?.boolean == true)
    members["signature"] = "3046022100" + Self.r + "022100" + Self.s
    #expect(try await answer(members)["valid"]?.boolean == true)
  }

  @Test(arguments: [
    ("message", "00", false), ("userId", "", false), ("signature", r + r, false), ("signature", "3000", true),
    ("signature", "xy", true), ("signature", "", true),
  ])
  func findsWhatIsNotSigned(_ member: String, _ value: String, _ isMalformed: Bool) async throws {
    var members = example
    members[member] = value
    let answer = try await answer(members)
    #expect(answer["valid"]?.boolean == false)
    #expect((answer["reason"] != nil) == isMalformed)
    #expect(answer["error"] == nil)
  }

  @Test(arguments: [
    ("publicKey", "00"), ("publicKey", String(repeating: "11", count: 64)), ("message", "0"),
    ("userId", "zz"),
    ("scheme", "sm2"),
  ])
  func cannotVerify(_ member: String, _ value: String) async throws {
    var members = example
    members[member] = value
    let answer = try await answer(members)
    #expect(answer["error"]?.string?.isEmpty == false)
    #expect(answer["valid"]?.boolean != true)
  }

  @Test func signsAsAFamilyDeclares() async throws {
    try await TemporaryFolder.use { folder in
      try folder.write("families/test.yaml", Self.families)
      let lines = [
        #"{"scheme":"test","values":{"appKey":"a","secret":"b","requestTime":1}}"#,
        #"{"scheme":"test","values":{"appKey":"a","secret":"b","requesttime":1}}"#,
        #"{"scheme":"test","values":{"appKey":"a","secret":[],"requestTime":1}}"#,
        #"{"scheme":"tset","values":{}}"#,
      ]
      let run = await CommandRun(
        "inspect", "signature", "--adapters", folder.path, input: lines.joined(separator: "\n").utf8)
      #expect(run.code == .done)
      #expect(
        run.lines == [
          #"{"text":"ab1","signature":"68b6a776378decbb4a79cda89087c4ce"}"#,
          #"{"error":"'values' has no 'requestTime'; there is 'requesttime'; "#
            + #"the scheme takes appKey, requestTime, secret"}"#,
          #"{"error":"'secret' in 'values' is a string or a number"}"#,
          #"{"error":"there is no scheme 'tset', only sm2-sm3, test (did you mean 'test'?)"}"#,
        ])
    }
  }

  @Test func saysWhereTheFamiliesAreMissingOrWrong() async throws {
    try await TemporaryFolder.use { folder in
      let missing = await CommandRun("inspect", "signature", "--adapters", folder.path)
      #expect(missing.code == .configuration)
      try folder.write("families/test.yaml", Self.families.replacing("value:", with: "vlaue:"))
      let wrong = await CommandRun("inspect", "signature", "--adapters", folder.path)
      #expect(wrong.code == .configuration)
      #expect(wrong.errors.contains("test.yaml:6:3: error:"))
      #expect(wrong.errors.contains("did you mean 'value'?"))
    }
  }

  @Test func answersEachLineWhereThereAreNoFamilies() async throws {
    var writer = JSONWriter()
    writer.object { for (name, text) in example { $0.member(name, text) } }
    let line = #"{"scheme":"test","values":{}}"# + "\n"
    let run = await CommandRun(
      "inspect", "signature", input: Array((line + writer.text).utf8),
      environment: ["ZHENGDIAN_HOME": "/nowhere"])
    #expect(run.code == .done)
    #expect(run.lines.count == 2)
    #expect(run.lines[0].contains("ZHENGDIAN_HOME names /nowhere"))
    #expect(run.lines[1] == #"{"valid":true}"#)
  }
}
