import CivilTime
import Documents
import Exchanges
import Testing

@testable import Adapters

/// How platforms wrap what they say, in the envelope's words.
@Suite struct EnvelopeTests {
  static func envelope(_ yaml: String) throws -> Envelope {
    let diagnostics = Diagnostics()
    let document = try YAMLDocument(parsing: yaml, file: "e.yaml")
    let envelope = ConfigurationReader.read(document.root, as: "envelope", diagnostics) {
      EnvelopeReader.read($0, scope: NameScope())
    }
    try diagnostics.throwIfErrors()
    return try #require(envelope)
  }

  /// The rows, or the class and message of the refusal.
  static func open(_ yaml: String, _ body: [UInt8], status: Int = 200) throws -> String {
    do {
      let opened = try envelope(yaml).open(
        status: status, body: body, scope: ValueScope(now: Timestamp(milliseconds: 0)) { _ in [] })
      return "\(opened.facts.rows) rows"
    } catch let error as AdapterError {
      return "\(error.errorClass.rawValue) \(error.message)"
    }
  }

  static func open(_ yaml: String, _ body: String, status: Int = 200) throws -> String {
    try open(yaml, Array(body.utf8), status: status)
  }

  /// What is no list has no rows, which must not pass for an empty one.
  @Test(arguments: [
    (#""x""#, "drift"), (#""""#, "drift"), ("7", "drift"), ("false", "drift"), ("[]", "0 rows"),
    ("null", "0 rows"),
  ])
  func aScalarInPlaceOfTheRowsIsDrift(value: String, expected: String) throws {
    let yaml = #"{format: json, success: {path: $.code, in: ["0"]}, total: $.total, rows: "$.data.rows[*]"}"#
    let outcome = try Self.open(yaml, "{\"code\":\"0\",\"total\":0,\"data\":{\"rows\":\(value)}}")
    #expect(outcome.hasPrefix(expected), "\(outcome)")
    if expected == "drift" { #expect(outcome.contains("$.data.rows")) }
  }

  @Test(arguments: [
    (
      #"{format: json, success: {path: $.code, in: ["00"]}, code: $.code, rows: "$.datas[*]"}"#,
      #"{"code":"00","datas":[1,2]}"#, "2 rows", #"{"code":"01","datas":[1]}"#
    ),
    (
      #"{format: json, success: {path: $.code, in: ["0"]}, code: $.code, rows: "$.data[*]"}"#,
      #"{"code":"0","data":[]}"#, "0 rows", #"{"code":0.0,"data":[]}"#
    ),
    (
      #"{format: json, success: {path: $.code, in: [200, 300]}, code: $.code, rows: "$.data[*]"}"#,
      #"{"code":300,"data":[1]}"#, "1 rows", #"{"code":500,"data":[1]}"#
    ),
    (
      #"{format: json, success: {path: $.code, in: ["1"]}, rows: "$[*]", payload: {path: $.biz_data, format: json}}"#,
      #"{"code":"1","biz_data":"[{\"a\":\"一\"}]"}"#, "1 rows", #"{"code":"0","biz_data":"[]"}"#
    ),
    (
      #"{format: json, success: {path: $.head.status, in: ["0"]}, rows: "$.data[*]"}"#,
      #"{"head":{"status":"0"},"data":[1,2,3]}"#, "3 rows", #"{"head":{"status":"1"},"data":[]}"#
    ),
    (
      #"{format: json, success: {path: $.code, in: ["0000"]}, rows: "$.data"}"#,
      #"{"code":"0000","data":{"result":"1"}}"#, "1 rows", #"{"code":"0001","data":{}}"#
    ),
    (
      #"{format: json, success: [{path: $.success, in: ["true"]}, {path: $.data, present: true}], rows: "$.data[*]"}"#,
      #"{"success":true,"status":200,"message":"","data":[1]}"#, "1 rows",
      #"{"success":true,"status":200,"message":"","data":null}"#
    ),
    (
      #"{format: json, success: {path: $.resultCode, in: ["0000"]}, empty: {path: $.resultCode, in: ["0002"]}, rows: "$.rows[*]"}"#,
      #"{"resultCode":"0002"}"#, "0 rows", #"{"resultCode":"0001"}"#
    ),
    (
      #"{format: json, success: {path: $.HEADER.RET_CODE, in: ["00000000"]}, rows: "$.BODY.LIST[*]"}"#,
      #"{"HEADER":{"RET_CODE":"00000000"},"BODY":{"LIST":[1,2]}}"#, "2 rows",
      #"{"HEADER":{"RET_CODE":"99999999"},"BODY":{}}"#
    ),
    (
      #"{format: xml, success: {path: /respond/SuccessFlag, in: ["1", "true"]}, code: /respond/ResponseCode, rows: /respond}"#,
      "<respond><SuccessFlag>1</SuccessFlag></respond>", "1 rows",
      "<respond><SuccessFlag>0</SuccessFlag></respond>"
    ),
    (
      #"{format: xml, success: {path: /respond/SuccessFlag, present: true}, rows: /respond/R}"#,
      "<respond><SuccessFlag/><R/></respond>", "1 rows", "<respond><R/></respond>"
    ),
  ])
  func theZooOfReplies(_ yaml: String, _ good: String, _ rows: String, _ bad: String) throws {
    #expect(try Self.open(yaml, good) == rows)
    #expect(try Self.open(yaml, bad).hasPrefix("platform the platform refused"))
  }

  @Test func minusOneInGB2312IsASuccess() throws {
    let yaml = """
      {format: xml, charset: gb2312, success: {path: /ROOT/CODE, in: ["-1"]}, code: /ROOT/CODE, rows: /ROOT/DATA/ROW}
      """
    let reply =
      #"<?xml version="1.0" encoding="UTF-8"?><ROOT><CODE>-1</CODE><DATA><ROW MC="常州市"/></DATA></ROOT>"#
    // The declaration is wrong, as that platform's is.
    #expect(try Self.open(yaml, Charset.gb18030.encode(Array(reply.utf8))) == "1 rows")
    #expect(
      try Self.open(yaml, Charset.gb18030.encode(Array(reply.replacing("-1", with: "1").utf8)))
        == "platform the platform refused with code 1")
  }

  /// A list or an object is something: an answer with rows must never pass for one without.
  @Test(arguments: [
    (#"{"data":[1,2]}"#, "2 rows"), (#"{"data":[]}"#, "0 rows"), (#"{"data":null}"#, "0 rows"),
    (#"{}"#, "0 rows"),
  ])
  func aListIsPresent(_ body: String, _ rows: String) throws {
    let yaml = #"{format: json, success: status, empty: {path: $.data, present: false}, rows: "$.data[*]"}"#
    #expect(try Self.open(yaml, body) == rows)
  }

  /// `-1` and `CODE` are XPaths too, and say the same of every answer.
  @Test(arguments: ["-1", "CODE", "'x'"]) func xPathsBeginAtTheRoot(_ path: String) {
    #expect(throws: ConfigurationError.self) {
      try Self.envelope("{format: xml, success: {path: \"\(path)\", present: true}, rows: /R/ROW}")
    }
  }

  @Test func aStatusIsNamedAsARefusal() throws {
    let yaml = """
      {format: json, success: status, code: $.code, errors: [{status: [401, 440], class: credentials, action: refresh},
      {in: ["busy"], class: rate}], rows: "$[*]"}
      """
    #expect(try Self.open(yaml, "", status: 440).hasPrefix("credentials"))
    #expect(try Self.open(yaml, #"{"code":"busy"}"#, status: 418).hasPrefix("rate"))
    #expect(try Self.open(yaml, "", status: 418).hasPrefix("platform"))
    #expect(throws: ConfigurationError.self) {
      try Self.open(yaml.replacing("status: [401, 440]", with: "path: $.code, status: [401]"), "[]")
    }
  }

  @Test func theMessageInsideHasRulesOfItsOwn() throws {
    let yaml = """
      format: json
      success: {path: $.code, in: ["0"]}
      empty: {path: $.code, in: ["none"]}
      payload:
        path: $.message
        format: xml
        success: {path: /R/CODE, in: ["-1"]}
        empty: {path: /R/CODE, in: ["404"]}
        code: /R/CODE
        errors: [{in: ["5"], class: transient}]
      rows: /R/ROW
      """
    func reply(_ code: String) -> String {
      #"{"code":"0","message":"<R><CODE>\#(code)</CODE><ROW/></R>"}"#
    }
    #expect(try Self.open(yaml, reply("-1")) == "1 rows")
    #expect(try Self.open(yaml, reply("404")) == "0 rows")
    #expect(try Self.open(yaml, reply("5")) == "transient the platform refused with code 5")
    #expect(try Self.open(yaml, #"{"code":"none"}"#) == "0 rows")
    #expect(throws: ConfigurationError.self) {
      try Self.open(yaml.replacing(#"  success: {path: /R/CODE, in: ["-1"]}\#n"#, with: ""), reply("-1"))
    }
  }
}
