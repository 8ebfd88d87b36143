import Access
import Certificates
import Crypto
import Documents
import HTTPService
import Supply
import Testing

@testable import GatewayAPI

/// Verdicts on applications as systems ask for them.
@Suite struct SupplyRouteTests {
  static let form = """
    {"number": "GD-1", "region": "110000", "facts": {"voltage": 0.22, "stage": "application"},
     "applicant": {"type": "person", "name": "\(Person.name)", "code": "\(Person.code)"},
     "place": {"address": "\(Person.street)", "unitNumber": "\(Person.unit)"}\(consent)}
    """

  private static let consent = #", "authorisation": {"means": "counter", "given": "2026-11-01T00:00:00Z"}"#

  private static func post(_ bench: GatewayBench, _ body: String = form) async throws -> Reply {
    try await bench.send(bench.request("POST", "/v1/supply-applications", body: body))
  }

  private static func states(_ reply: Reply) -> [String: String] {
    let requirements =
      reply.document?.root["statement"]?["verdict"]?["requirements"]?.elements.map { $0 } ?? []
    let pairs = requirements.compactMap { one -> (String, String)? in
      guard let name = one["requirement"]?.string, let state = one["state"]?.string else { return nil }
      return state == "not-required" ? nil : (name, state)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  @Test func whatIsKnownIsNotAskedFor() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    let reply = try await Self.post(bench)
    #expect(reply.status == 200, "\(reply.text)")
    #expect(Self.states(reply) == ["subject": "certificate", "property": "certificate"])
    #expect(try reply.text("$.statement.verdict.level") == "zero")
    #expect(try reply["$.statement.verdict.asks"]?.count == 0)
    // Nobody is named, neither here nor in the log; what was looked for and found is in the audit.
    #expect(reply.leaks == [])
    for secret in Person.secrets { #expect(!bench.log.contains(secret)) }
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.map(\.action) == [.evaluateSupply] && entries[0].outcome == .answered)
    #expect(entries[0].certificates.count == 2 && entries[0].item == "supply-1")
    #expect(
      try await bench.accesses(AccessFilter(key: LookupKey(.holderCode, Person.code))).count == 1)
    await bench.close()
  }

  @Test func withoutAuthorisationNothingOfAPersonIsLookedAt() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let reply = try await Self.post(bench, Self.form.replacing(Self.consent, with: ""))
    #expect(Self.states(reply) == ["subject": "missing", "property": "missing"], "\(reply.text)")
    #expect(try reply.text("$.statement.verdict.asks[0].because") == "not-authorised")
    #expect(try await bench.accesses().map(\.entry.certificates) == [[]])
    await bench.close()
  }

  @Test func verdictsAreKeptSignedAndReadAgain() async throws {
    let bench = try await GatewayBench()
    let first = try await Self.post(bench)
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let second = try await Self.post(bench)
    #expect(try second["$.statement.version"]?.integer == 2)
    func get(_ query: String = "") async throws -> Reply {
      try await bench.send(bench.request("GET", "/v1/supply-applications/1", query: query))
    }
    #expect(try await get().text == second.text)
    #expect(try await get("version=1").text == first.text)
    #expect(Self.states(first) == ["subject": "missing", "property": "missing"])
    let root = try #require(second.document?.root)
    let key = try SM2.PublicKey(bytes: Hex.decode(try #require(root["publicKey"]?.string)))
    #expect(
      try key.isValid(
        encodedSignature: Hex.decode(try #require(root["signature"]?.string)),
        for: try #require(root["statement"]).writtenBytes))
    for (path, query) in [
      ("/v1/supply-applications/2", ""), ("/v1/supply-applications/1", "version=3"),
      ("/v1/supply-applications/x", ""),
    ] {
      let reply = try await bench.send(bench.request("GET", path, query: query))
      #expect(reply.status == 404 && reply.code == "supply-not-found")
    }
    let looks = try await bench.accesses().map(\.entry)
    #expect(looks.count { $0.action == .readSupply && $0.outcome == .answered } == 2)
    #expect(looks.count { $0.action == .readSupply && $0.outcome == .notFound } == 3)
    await bench.close()
  }

  @Test func whatIsWrongIsSaidWithoutRepeatingIt() async throws {
    let bench = try await GatewayBench()
    let wrong = try await Self.post(
      bench,
      #"{"number": "\#(Person.name)", "region": 1, "facts": {"volts": 1}, "applicant": {"type": "person"}, "\#(Person.code)": 1}"#
    )
    #expect(wrong.status == 400 && wrong.code == "body-invalid")
    let pointers = wrong.document?.root["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    for pointer in ["", "/number", "/region", "/facts", "/applicant/name", "/place"] {
      #expect(pointers.contains(pointer), "\(pointers)")
    }
    #expect(wrong.leaks == [])
    let nowhere = try await Self.post(bench, Self.form.replacing("110000", with: "999999"))
    #expect(nowhere.status == 400 && nowhere.code == "supply-unfit")
    _ = try await Self.post(bench)
    let other = Self.form.replacing(Person.code, with: Person.citizenNumber("33019919850101002"))
    let taken = try await Self.post(bench, other)
    #expect(taken.status == 409 && taken.code == "state-conflict")
    await bench.close()
  }
}
