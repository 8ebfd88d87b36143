import Access
import Documents
import Testing

@testable import GatewayAPI

@Suite struct MatchTests {
  private func match(_ bench: GatewayBench, _ body: String) async throws -> Reply {
    try await bench.send(bench.request("POST", "/v1/certificates:match", body: body))
  }

  /// The claim, and what it gives: the whole and each member that is not "same".
  static let claims: [(String, String, [String: String])] = [
    (
      "{\"holderCode\": \"\(Person.code)\", \"holderName\": \"\(Person.name)\", \"kinds\": [\"property-deed\"]}",
      "same", [:]
    ),
    (
      "{\"holderCode\": \"\(Person.code)\", \"holderName\": \"拟某乙\", \"kinds\": [\"property-deed\"]}",
      "different",
      ["holderName": "unequal"]
    ),
    // The right name of the wrong holder.
    (
      "{\"holderCode\": \"\(Person.code)\", \"holderName\": \"拟某甲\", \"kinds\": [\"property-deed\"]}",
      "different",
      ["holderName": "other-holder"]
    ),
    ("{\"unitNumber\": \"\(Person.unit)\", \"holderCode\": \"\(Person.code)\"}", "same", [:]),
    (
      "{\"unitNumber\": \"\(Person.unit)\", \"holderCode\": \"\(Person.companyCode)\"}", "different",
      ["holderCode": "unequal"]
    ),
    (
      "{\"number\": \"\(Person.deed)\", \"fields\": {\"specific.buildingArea\": \"89.50\", \"specific.rightState\": \"1\"}}",
      "same", [:]
    ),
    (
      "{\"number\": \"\(Person.deed)\", \"fields\": {\"specific.buildingArea\": \"90\"}}", "different",
      ["specific.buildingArea": "unequal"]
    ),
    (
      "{\"number\": \"\(Person.deed)\", \"fields\": {\"specific.buildingArea\": \"large\"}}", "unsure",
      ["specific.buildingArea": "unreadable"]
    ),
    (
      "{\"number\": \"\(Person.deed)\", \"fields\": {\"specific.location\": \"拟一路88-3\"}}", "unsure",
      ["specific.location": "other-spelling"]
    ),
    (
      "{\"number\": \"\(Person.deed)\", \"fields\": {\"specific.usage\": \"住宅\", \"specific.birthDate\": \"1990-03-07\"}}",
      "unsure", ["specific.usage": "not-given", "specific.birthDate": "not-of-this-kind"]
    ),
    (
      "{\"holderCode\": \"\(Person.code)\", \"kinds\": [\"identity-card\"], \"fields\": {\"specific.birthDate\": \"1990-03-08\"}}",
      "different", ["specific.birthDate": "unequal"]
    ),
  ]

  @Test(arguments: claims)
  func claimsAreComparedWithoutShowingAnything(body: String, verdict: String, reasons: [String: String])
    async throws
  {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let reply = try await match(bench, body)
    #expect(reply.status == 200)
    #expect(reply.document?.root["matches"]?.count == 1)
    #expect(try reply.text("$.matches[0].verdict") == verdict)
    for field in try reply["$.matches[0].fields"]?.elements.map({ $0 }) ?? [] {
      let name = field["field"]?.string ?? ""
      #expect(field["reason"]?.string == reasons[name] ?? "equal", "\(name)")
    }
    // Also what the caller said does not come back.
    #expect(reply.leaks == [] && !reply.text.contains("拟某"))
    let entry = try await bench.accesses()[0].entry
    #expect(entry.action == .match && entry.hits == 1 && entry.outcome == .answered)
    await bench.close()
  }

  @Test func aNameAloneFindsNothingToCompare() async throws {
    let bench = try await GatewayBench()
    let reply = try await match(bench, "{\"holderName\": \"\(Person.name)\"}")
    #expect(reply.status == 400 && reply.code == "body-invalid")
    await bench.close()
  }

  @Test func nothingFoundIsAnAnswer() async throws {
    let bench = try await GatewayBench()
    let reply = try await match(bench, "{\"holderCode\": \"\(Person.code)\"}")
    #expect(reply.status == 200 && reply.document?.root["matches"]?.count == 0)
    #expect(try await bench.accesses()[0].entry.hits == 0)
    await bench.close()
  }
}
