import Testing

@testable import Exchanges

@Suite struct SignOffTests {
  @Test func bothAreLines() throws {
    for (name, reason) in [
      ("", "x"), ("x", ""), ("a\nb", "x"), ("x", "a\tb"), ("x", String(repeating: "x", count: 501)),
    ] {
      #expect(throws: SignOffError.self) { try SignOff(name: name, reason: reason) }
    }
    #expect(throws: Never.self) { try SignOff(name: "拟经办", reason: String(repeating: "拟", count: 166)) }
  }

  @Test func whatIsSealedIsReadAgain() throws {
    for credential in [
      nil, Credential(holder: "account wang"),
      Credential(holder: "consumer back", certificate: "CN=王,O=\"x\""),
    ] {
      let signOff = try SignOff(name: "{\"a\"}", reason: "拟\\由", credential: credential)
      #expect(try SignOff(decoding: signOff.encoded) == signOff)
    }
  }

  /// As pushes, replays and trials were signed before there were credentials.
  @Test func olderRowsAreRead() throws {
    let expected = try SignOff(name: "拟经办", reason: "{\"looked\": 1}")
    #expect(
      try SignOff(decoding: Array(#"{"name":"拟经办","reason":"{\"looked\": 1}"}"#.utf8)) == expected)
    #expect(try SignOff(decoding: Array("拟经办\n{\"looked\": 1}".utf8)) == expected)
    // Two lines that would also be JSON: no line of JSON has an end of a line in it.
    let tricky = try SignOff(name: "{\"name\":\"a\",", reason: "\"reason\":\"b\"}")
    #expect(try SignOff(decoding: Array("\(tricky.name)\n\(tricky.reason)".utf8)) == tricky)
    for broken in ["", "x", "{}", "{\"name\":\"a\"}", "a\n", "\nb"] {
      #expect(throws: SignOffError.self) { try SignOff(decoding: Array(broken.utf8)) }
    }
  }

  @Test func anotherPersonHasAnotherNameAndAnotherCredential() throws {
    func signOff(_ name: String, _ holder: String?, _ certificate: String? = nil) throws -> SignOff {
      try SignOff(
        name: name, reason: "x", credential: holder.map { Credential(holder: $0, certificate: certificate) })
    }
    let planner = try signOff("Wang", "consumer a")
    #expect(try signOff("li", "consumer b").isSomebodyElse(than: planner))
    #expect(try signOff("li", "account li").isSomebodyElse(than: planner))
    #expect(try !signOff("wANG", "consumer b").isSomebodyElse(than: planner))
    #expect(try !signOff("li", "consumer a").isSomebodyElse(than: planner))
    #expect(try !signOff("li", nil).isSomebodyElse(than: planner))
    #expect(try !planner.isSomebodyElse(than: signOff("li", nil)))
    // One key for all, and a certificate for each.
    let certified = try signOff("wang", "consumer a", "CN=wang")
    #expect(try signOff("li", "consumer a", "CN=li").isSomebodyElse(than: certified))
    #expect(try !signOff("li", "consumer b", "CN=wang").isSomebodyElse(than: certified))
    #expect(
      try !signOff("li", "consumer a").isSomebodyElse(than: certified), "without it once is nobody else")
  }
}
