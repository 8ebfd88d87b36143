import Documents
import Testing

@Suite struct YAMLCoreSchemaTests {
  private func node(_ text: String) throws -> YAMLNode {
    try #require(try YAMLDocument(parsing: "- " + text, file: "f").root.sequence?.first)
  }

  @Test(arguments: ["~", "null", "Null", "NULL", ""])
  func nulls(text: String) throws {
    let node = try node(text)
    #expect(node.isNull)
    #expect(node.asText == nil)
  }

  @Test(arguments: ["\"\"", "''", "nULL", "\"~\"", "no"])
  func notNulls(text: String) throws {
    let node = try node(text)
    #expect(!node.isNull)
    #expect(node.asText != nil)
  }

  @Test(
    arguments: [
      ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("yes", nil),
      ("on", nil),
      ("tRUE", nil), ("\"true\"", nil),
    ] as [(String, Bool?)])
  func booleans(text: String, expected: Bool?) throws {
    #expect(try node(text).asBoolean == expected)
  }

  @Test(
    arguments: [
      ("0", 0), ("-12", -12), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1f", 31), ("0o8", nil), ("0x-1", nil),
      ("1_000", nil), ("9223372036854775807", .max), ("9223372036854775808", nil), ("1.0", nil), ("'1'", nil),
      ("1e3", nil),
    ] as [(String, Int?)])
  func integers(text: String, expected: Int?) throws {
    #expect(try node(text).asInteger == expected)
  }

  @Test(arguments: [
    ("1.10", true), ("-1.", true), (".5", true), ("1e-9", true), ("+1.5E+3", true), (".", false),
    ("1.e", false),
    ("1..2", false), (".inf", false), ("1.2.3", false), ("'1.1'", false), ("0x1", false),
  ])
  func decimals(text: String, isDecimal: Bool) throws {
    #expect(try node(text).asDecimal == (isDecimal ? text : nil))
  }
}
