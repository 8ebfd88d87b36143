import CivilTime
import Crypto
import Testing

@testable import Adapters

@Suite struct ExpressionTests {
  static let time = Timestamp(milliseconds: 1_574_219_410_123)

  static func scope(_ values: [String: String] = [:]) -> ValueScope {
    ValueScope(values.mapValues { Value(text: $0) }, now: time, random: { Array(0..<UInt8($0)) })
  }

  static func evaluate(_ source: String, _ values: [String: String] = [:]) throws -> Value {
    try Expression(source, names: values.mapValues { _ in .text }).evaluate(scope(values))
  }

  @Test(arguments: [
    ("'a' + 'b'", "ab"),
    ("'it''s'", "it's"),
    ("hex('AZ')", "415a"),
    ("upper(hex(unhex('ab01')))", "AB01"),
    ("base64(unhex('00ff'))", "AP8="),
    ("text(unbase64('5Zu9'))", "国"),
    ("hex(md5('abc'))", "900150983cd24fb0d6963f7d28e17f72"),
    ("hex(sm3('abc'))", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    ("hex(first(4, sha256('abc')))", "ba7816bf"),
    ("time(ms)", "1574219410123"),
    ("time(s)", "1574219410"),
    ("time('yyyyMMddHHmmss')", "20191120111010"),
    ("time('yyyy-MM-dd HH:mm:ss')", "2019-11-20 11:10:10"),
    ("nonce(4)", "0123"),
    ("uuid()", "00010203-0405-4607-8809-0a0b0c0d0e0f"),
    ("first(2, 'abc') + ''", "ab"),
  ])
  func gives(_ source: String, _ expected: String) throws {
    #expect(try Self.evaluate(source).text == expected)
  }

  @Test func aesKeyOfTheNationalExchangeOpensItsSecret() throws {
    let key = Array(Digest.sha1.hash(Digest.sha1.hash("application-key")).prefix(16))
    let sealed = try AES.encrypt(Array("the secret".utf8), key: key, mode: .ecb, padding: .pkcs7)
    let opened = try Self.evaluate(
      "aes-ecb-decrypt(first(16, sha1(sha1(appKey))), unbase64(answer))",
      ["appKey": "application-key", "answer": Base64.encode(sealed)])
    #expect(opened.type == .bytes)
    #expect(opened.text == "the secret")
  }

  @Test(arguments: [
    ("hmac-sm3(key, message)", "hmac-sm3"), ("sm4-cbc-encrypt(key, iv, message)", "16 bytes"),
    ("unhex('zz')", "unhex"), ("sm2-sign('no key', message)", "sm2-sign"),
  ])
  func valuesThatDoNotFitAreErrorsWithoutTheValue(_ source: String, _ word: String) throws {
    let values = ["key": "秘密", "iv": "x", "message": "330102199001011234"]
    do {
      let value = try Self.evaluate(source, values)
      #expect(source.hasPrefix("hmac") && value.bytes.count == 32)
    } catch let error as AdapterError {
      #expect(error.description.contains(word))
      for secret in values.values where secret.utf8.count > 2 { #expect(!error.description.contains(secret)) }
    }
  }

  @Test(arguments: [
    ("", 0, "expected a name"),
    ("a +", 3, "expected a name"),
    ("a b", 2, "expected '+'"),
    ("hex(a", 5, "expected ',' or ')'"),
    ("'open", 0, "no closing quote"),
    ("settings.key", 0, "nothing is called"),
    ("mdfive(a)", 0, "no function"),
    ("md5()", 0, "takes 1 arguments"),
    ("upper(md5(a))", 0, "wants text"),
    ("first(a, a)", 0, "wants a count"),
    ("first(0, a)", 0, "wants a count"),
    ("time('YYYY')", 0, "wants one form"),
    ("sm2-encrypt(a, a, 'c1c4')", 0, "wants one of"),
  ])
  func whatCannotBeReadIsToldWithItsPlace(_ source: String, _ offset: Int, _ message: String) {
    #expect {
      try Expression(source, names: ["a": .text, "setting.key": .text])
    } throws: { error in
      guard let error = error as? ExpressionError else { return false }
      return error.offset == offset && error.message.contains(message)
    }
  }

  @Test func theNearestWordIsSuggested() {
    #expect(throws: ExpressionError.self) { try Expression("hmac-sha265(a, a)", names: ["a": .text]) }
    do {
      _ = try Expression("hmac-sha265(a, a)", names: ["a": .text])
    } catch {
      #expect(error.suggestion == "hmac-sha256")
    }
  }

  @Test func nestingIsLimited() {
    let deep = String(repeating: "hex(", count: 100) + "'a'" + String(repeating: ")", count: 100)
    #expect(throws: ExpressionError.self) { try Expression(deep, names: [:]) }
  }
}

@Suite struct TextTemplateTests {
  func render(_ source: String, _ escaping: Escaping) throws -> String {
    let scope = ExpressionTests.scope(["a": "ä /\"<&\n", "n": "12"])
    let template = try TextTemplate(source, names: ["a": .text, "n": .text])
    return String(decoding: try template.render(scope, escape: escaping.append), as: UTF8.self)
  }

  @Test func holesAreEscapedForTheirPlace() throws {
    #expect(try render("x/{a}", .percent) == "x/%C3%A4%20%2F%22%3C%26%0A")
    #expect(try render("\"{a}\"", .json) == #""ä /\"<&\n""#)
    #expect(try render("<q>{a}</q>", .xml) == "<q>ä /&quot;&lt;&amp;&#10;</q>")
    #expect(try render("{n}", .jsonNumber) == "12")
    #expect(try render("{{{n}}}", .none) == "{12}")
  }

  @Test func valuesThatWouldBreakOutAreRefused() {
    #expect(throws: AdapterError.self) { try render("{a}", .header) }
    #expect(throws: AdapterError.self) { try render("{a}", .jsonNumber) }
  }

  @Test(arguments: ["{", "}", "{b}", "{a + a}", "{md5(a)}"])
  func badHolesAreTold(_ source: String) {
    #expect(throws: ExpressionError.self) { try TextTemplate(source, names: ["a": .text]) }
  }
}
