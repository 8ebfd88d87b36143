import Documents
import Testing

/// What RFC 8259 accepts and refuses, category by category.
struct JSONGrammarTests {
  @Test(arguments: [
    "[]", "{}", "[[]   ]", "[\"\"]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1\n]", " [1]",
    "[1,null,null,null,2]", "[2] ", "[0e+1]", "[0e1]", "[ 4]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]",
    "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]", "[123.456789]", "[20e1]", "[-0.0e-0]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
    "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"asd\":\"sdf\"}", "{\"a\":\"b\",\"a\":\"c\"}", "{\"\":0}",
    "{\"foo\\u0000bar\": 42}", "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }", "{\"a\":[]}", "{\n\"a\": \"b\"\n}",
    "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]",
    "[\"\\\\n\"]", "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"asd\"]", "[ \"asd\"]", "[\"\u{10FFFF}\"]",
    "[\"\u{FFFF}\"]", "[\"\\u0000\"]", "[\"\\u002c\"]", "[\"π\"]", "[\"\u{1BFFF}\"]", "\" \"",
    "[\"\\uD834\\uDd1e\"]",
    "[\"\\u0821\"]", "[\"\\u0123\"]", "[\"\u{2028}\"]", "[\"\u{2029}\"]",
    "[\"\\u0061\\u30af\\u30EA\\u30b9\"]",
    "[\"new\\u000Aline\"]", "[\"\u{7F}\"]", "[\"\\uA66D\"]", "[\"\\u005C\"]", "[\"⍂㈴⍂\"]", "[\"\\u200B\"]",
    "[\"\\u2064\"]", "[\"\\uFDD0\"]", "[\"\\uFFFE\"]", "[\"\\u0022\"]", "[\"a\u{7F}a\"]", "false", "42",
    "-0.1",
    "null", "\"asd\"", "true", "\"\"", "[\"a\"]\n", "[true]", " [] ", "\t\r\n 1 \t\r\n", "\u{FEFF}{}",
    "[1e99999999999999999999]", "[123123123123123123123123123123.5]",
  ])
  func accepts(_ text: String) throws {
    let document = try JSONDocument(parsing: text)
    var writer = JSONWriter()
    writer.value(document.root)
    #expect(throws: Never.self) { try JSONDocument(parsing: writer.bytes) }
  }

  @Test(arguments: [
    "", " ", "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]",
    "[\"x\"",
    "[x", "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[*]", "[\"\"",
    "[1,",
    "[1,\n1\n,1", "[{}", "[fals]", "[nul]", "[tru]", "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]",
    "[-2.]",
    "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e+]", "[0e]",
    "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]",
    "[NaN]", "[１]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]",
    "[-foo]",
    "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]",
    "[012]", "[\"x\", truth]", "{[: \"x\"}\n", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}", "{\"a\":\"a\" 123}",
    "{key: 'value'}", "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}",
    "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\"}/**/",
    "{\"a\":\"b\"}//",
    "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }",
    "{\"a\":\"b\"}#", "[\"\\uD800\\\"]",
    "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[é]", "[\"\\\u{0}\"]", "[\"\\x00\"]",
    "[\"\\\\\\\"]", "[\"\\\t\"]", "[\"\\🌀\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]",
    "[\"\\uD800\\uD800\\x\"]", "[\"\\a\"]", "[\"\\uqqqq\"]", "[\\u0020\"asd\"]", "[\\n]", "\"",
    "['single quote']",
    "abc", "[\"\\", "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]", "\"\\UA66D\"", "\"\"x", "[\u{2060}]",
    "<.>", "[<null>]",
    "[1]x", "[1]]", "[\"asd]", "aå", "[True]", "1]", "{\"x\": true,", "[][]", "]", "[", "{]", "[}", "{",
    "[\"a\"}",
    "{\"a\":1]", "\u{FEFF}", "{\"a\":1}{\"b\":2}", "*", "{\"a\":\"b\"}#{}", "[\u{0C}]", "[\u{A0}1]", "1 2",
    "2@", "[\\u000A\"\"]",
    "\u{E9}", ",", "tRue", "nulll", "'", "{\"\":\"\",\"\"}", "{\"a\":true,\"b\"}", "\u{FEFF}\u{FEFF}1", "- 1",
    "-", "1.e1",
    "1e", "00", "-00", "1_000", "{\"a\":}", "{,}", "[\"a\" \"b\"]", "[1\u{0B}]", "// c\n1", "[,,]", "\u{0}",
    "[1]\u{0}",
  ])
  func refuses(_ text: String) {
    #expect(throws: DocumentError.self) { try JSONDocument(parsing: text) }
  }

  @Test(arguments: [
    [0xE9], [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
    [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22],
    [0x22, 0xE4, 0xBD, 0x22], [0x22, 0x81, 0x22], [0x22, 0xE4, 0xBD], [0x5B, 0x22, 0xE5, 0x22, 0x5D],
    [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0xEF, 0xBB, 0x7B, 0x7D],
    [0x22, 0xF0, 0x90, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x5B, 0x00, 0x5D],
  ])
  func refusesDamagedBytes(_ bytes: [UInt8]) {
    #expect(throws: DocumentError.self) { try JSONDocument(parsing: bytes) }
  }

  /// The right byte at every distance from the end of the text, so that the reader by eights and the one by ones agree.
  @Test func agreesAtEveryLength() throws {
    for length in 0..<40 {
      let filling = String(repeating: "x", count: length)
      for (middle, isGood) in [
        ("", true), ("\\n", true), ("证", true), ("\u{1}", false), ("\\q", false), ("\\u12", false),
        ("\u{1F600}", true),
      ] {
        let text = "\"" + filling + middle + "\""
        if isGood {
          #expect(throws: Never.self) { try JSONDocument(parsing: text) }
        } else {
          #expect(throws: DocumentError.self) { try JSONDocument(parsing: text) }
        }
        let cut = Array(("\"" + filling + middle).utf8)
        #expect(throws: DocumentError.self) { try JSONDocument(parsing: cut) }
      }
    }
  }
}
