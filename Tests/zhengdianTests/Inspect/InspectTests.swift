import Documents
import TestSupport
import Testing

@testable import zhengdian

@Suite struct InspectTests {
  /// Cases of lines that have one right answer.
  static let cases: [(command: [String], line: String, answer: String)] = [
    (
      ["path"], #"{"document":{"a":[1.10,2e5,"\u00e4"]},"path":"$.a[*]"}"#,
      ##"{"nodes":[1.10,2e5,"\u00e4"],"paths":["$['a'][0]","$['a'][1]","$['a'][2]"]}"##
    ),
    (["path"], #"{"document":null,"path":"$"}"#, #"{"nodes":[null],"paths":["$"]}"#),
    (["path"], #"{"path":"$"}"#, #"{"error":"the member 'document' is missing"}"#),
    (["path"], #"{"document":1,"paht":"$"}"#, #"{"error":"the member 'path' is missing; there is 'paht'"}"#),
    (["path"], #"{"document":1,"path":7}"#, #"{"error":"'path' is a string, not a number"}"#),
    (["path"], "[]", #"{"error":"a case is a JSON object, not an array"}"#),
    (["xpath"], #"{"document":"<a><b>1</b><b>2<c>3</c></b></a>","path":"//b"}"#, #"{"nodes":["1","23"]}"#),
    (["xpath"], #"{"document":"<a x='1'/>","path":"count(//@x)"}"#, #"{"nodes":["1"]}"#),
    (["xpath"], #"{"document":"<a/>","path":"//b"}"#, #"{"nodes":[]}"#),
    (
      ["deadline", "--language", "zh"], #"{"start":"2025-09-30","days":1,"count":"rolling"}"#,
      #"{"deadline":"2025-10-09","reasons":["2025-10-01 国庆节、中秋节放假，计第1日","2025-10-02 国庆节、中秋节放假，顺延","#
        + #""2025-10-03 国庆节、中秋节放假，顺延","2025-10-04 国庆节、中秋节放假，顺延","2025-10-05 国庆节、中秋节放假，顺延","#
        + #""2025-10-06 国庆节、中秋节放假，顺延","2025-10-07 国庆节、中秋节放假，顺延","2025-10-08 国庆节、中秋节放假，顺延","#
        + #""2025-10-09 工作日，顺延至此"]}"#
    ),
    (
      ["deadline"], #"{"start":"2019-02-30","days":1,"count":"working"}"#,
      #"{"error":"'start' is a date such as 2019-01-02"}"#
    ),
    (
      ["deadline"], #"{"start":"2019-01-02","days":1.5,"count":"working"}"#,
      #"{"error":"'days' is a whole number"}"#
    ),
    (
      ["deadline"], #"{"start":"2019-01-02","days":-1,"count":"working"}"#,
      #"{"error":"a time limit has 0 to 3660 days"}"#
    ),
    (
      ["deadline"], #"{"start":"2019-01-02","days":1,"count":"workin"}"#,
      #"{"error":"'count' is working or rolling (did you mean 'working'?)"}"#
    ),
    (
      ["identifier", "--kind", "citizen-id"], "11010519491231002x",
      #"{"input":"11010519491231002x","valid":true,"normal":"11010519491231002X","reasons":[],"#
        + #""warnings":["lower-case: lower-case letters were raised"],"#
        + #""parts":{"area":"110105","birthDate":"1949-12-31","sequence":"002","sex":"female","check":"X"}}"#
    ),
  ]

  @Test(arguments: cases)
  func answers(_ command: [String], _ line: String, _ answer: String) async {
    let output = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes(Array(line.utf8)), output: output, errors: Output())
    #expect(await program.run(["inspect"] + command) == .done)
    #expect(output.captured == answer + "\n")
  }

  @Test func answersTheDeadlineOfTheDesign() async throws {
    let run = await CommandRun(
      "inspect", "deadline", input: #"{"start":"2019-01-02","days":71,"count":"working"}"#.utf8)
    #expect(run.code == .done)
    let answer = try JSONDocument(parsing: run.output).root
    #expect(answer["deadline"]?.string == "2019-04-17")
    #expect(answer["reasons"]?.count == 105)
    #expect(answer["reasons"]?[0]?.string == "2019-01-03 working day: day 1")
  }

  @Test func saysWhichYearIsUnknown() async throws {
    let run = await CommandRun(
      "inspect", "deadline", input: #"{"start":"2018-12-29","days":1,"count":"working"}"#.utf8)
    let error = try #require(try JSONDocument(parsing: run.output).root["error"]?.string)
    #expect(error.contains("2018"))
  }

  @Test(arguments: [
    (
      #"{"start":"2019-01-02","days":1,"count":"working","x":1}"#,
      "there is no member 'x'; members are start, days, count"
    ),
    (#"{"x":1}"#, "there is no member 'x'; members are start, days, count"),
    (
      #"{"strat":"2019-01-02","days":1,"count":"working"}"#,
      "there is no member 'strat' (did you mean 'start'?)"
    ),
  ])
  func aDeadlineHasNoOtherMembers(line: String, message: String) async throws {
    let run = await CommandRun("inspect", "deadline", input: line.utf8)
    #expect(try JSONDocument(parsing: run.output).root["error"]?.string == message)
  }

  @Test func addsTheYearsOfACalendarFile() async throws {
    try await TemporaryFolder.use { folder in
      let file = try folder.write("days.txt", "2031 off 01-01\n2031 work 01-04\n")
      let run = await CommandRun(
        "inspect", "deadline", "--calendar", file,
        input: #"{"start":"2031-01-01","days":3,"count":"working"}"#.utf8)
      #expect(run.output.contains(#""deadline":"2031-01-04""#))
      let broken = try folder.write("broken.txt", "2031 of 01-01\n")
      let refused = await CommandRun("inspect", "deadline", "--calendar", broken)
      #expect(refused.code == .configuration)
      #expect(refused.errors.contains("broken.txt:1:6: error:"))
      let missing = await CommandRun("inspect", "deadline", "--calendar", folder.path + "/none")
      #expect(missing.code == .configuration)
    }
  }

  /// Whatever the bytes: an answer for each line, each a JSON object.
  @Test(arguments: [
    ["identifier", "--kind", "deed-number"], ["identifier", "--kind", "certificate-id"], ["deadline"],
    ["path"],
    ["xpath"], ["signature"],
  ])
  func answersEveryLine(_ command: [String]) async throws {
    var random = SplitMix64(seed: 0x5EED)
    let pieces: [[UInt8]] = [
      Array(#"{"document":"#.utf8), Array(#""path":"$..[?@.a>1]"}"#.utf8), Array("\"\\ud800".utf8), [0],
      [0xFF, 0xC3],
      Array("苏(2019)常州市不动产权第0012345号".utf8),
      Array(#"{"start":"2019-01-02","days":99999999999999999999}"#.utf8),
      Array("<a>&b;".utf8), [0x0D], Array("[[[[[[".utf8), Array("1.2.156.3005.2.".utf8),
      Array("\u{202E}".utf8),
    ]
    var input: [UInt8] = []
    let count = 500
    for _ in 0..<count {
      for _ in 0..<random.next(below: 5) { input += pieces[random.next(below: pieces.count)] }
      input.append(0x0A)
    }
    let output = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes(input), output: output, errors: Output())
    #expect(await program.run(["inspect"] + command) == .done)
    let lines = output.captured.split(separator: "\n")
    #expect(lines.count == count)
    for line in lines { #expect(try JSONDocument(parsing: String(line)).root.isObject) }
  }

  @Test func saysWhichByteIsNoText() async {
    let run = await CommandRun("inspect", "identifier", "--kind", "uscc", input: [0x41, 0xFF, 0x0A])
    #expect(
      run.output == #"{"input":"A\#u{FFFD}","valid":false,"normal":null,"#
        + #""reasons":["damaged-character: byte 2 is not UTF-8"],"warnings":[],"parts":{}}"# + "\n")
  }

  @Test func judgesBirthDatesByTheGivenDay() async {
    let line = "110105194912310079"
    let before = await CommandRun(
      "inspect", "identifier", "--kind", "citizen-id", "--today", "1949-12-30", input: line.utf8)
    #expect(before.output.contains("impossible-date"))
    let after = await CommandRun(
      "inspect", "identifier", "--kind", "citizen-id", "--today", "1949-12-31", input: line.utf8)
    #expect(!after.output.contains("impossible-date"))
  }
}
