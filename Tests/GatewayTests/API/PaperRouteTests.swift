import Access
import Crypto
import Documents
import HTTPService
import Testing

@testable import GatewayAPI

/// Materials and authorisations as systems hand them in, find, compare and end them.
@Suite struct PaperRouteTests {
  static let holder = #"{"type": "person", "name": "\#(Person.name)", "code": "\#(Person.code)"}"#
  private static let content = Base64.encode(Array("scan of the deed".utf8))

  static func material(
    _ application: String? = nil, code: String = "deed", kind: String? = "property-deed"
  ) -> String {
    let more =
      (application.map { #", "application": "\#($0)""# } ?? "") + (kind.map { #", "kind": "\#($0)""# } ?? "")
    return """
      {"code": "\(code)", "holder": \(holder), "number": "\(Person.deed)",
       "place": {"address": "\(Person.street)", "unitNumber": "\(Person.unit)"}, "business": "new"\(more),
       "file": {"name": "\(Person.name).pdf", "mediaType": "application/pdf", "content": "\(content)"}}
      """
  }

  static func authorisation(_ more: String = "") -> String {
    """
    {"means": "counter", "holder": \(holder), "given": "2026-11-01T00:00:00Z", "purposes": ["supply"]\(more)}
    """
  }

  private static func post(
    _ bench: GatewayBench, _ path: String, _ body: String, key: String? = GatewayBench.fullKey
  ) async throws -> Reply {
    try await bench.send(bench.request("POST", path, body: body, key: key))
  }

  private static let application = """
    {"number": "GD-2", "region": "110000", "facts": {"voltage": 0.22, "stage": "application"},
     "applicant": \(holder), "place": {"address": "\(Person.street)", "unitNumber": "\(Person.unit)"}}
    """

  private static func states(_ reply: Reply) -> [String: String] {
    let requirements =
      reply.document?.root["statement"]?["verdict"]?["requirements"]?.elements.map { $0 } ?? []
    let pairs = requirements.compactMap { one -> (String, String)? in
      guard let name = one["requirement"]?.string, let state = one["state"]?.string else { return nil }
      return state == "not-required" ? nil : (name, state)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  @Test func aMaterialIsHandedInOnceFoundAndTakenBack() async throws {
    let bench = try await GatewayBench()
    let first = try await Self.post(bench, "/v1/materials", Self.material("GD-1"))
    #expect(first.status == 200, "\(first.text)")
    #expect(try first["$.id"]?.integer == 1 && first["$.new"]?.boolean == true)
    #expect(try first.text("$.channel") == "full" && first.text("$.kind") == "property-deed")
    let again = try await Self.post(bench, "/v1/materials", Self.material("GD-2"))
    #expect(try again["$.id"]?.integer == 1 && again["$.new"]?.boolean == false)
    #expect(try again.text("$.application") == "GD-1")
    let found = try await Self.post(
      bench, "/v1/materials:search", #"{"type": "person", "code": "\#(Person.code)"}"#)
    #expect(try found["$.materials"]?.count == 1 && found["$.materials[0].id"]?.integer == 1)
    let file = try await bench.send(bench.request("GET", "/v1/materials/1/file"))
    #expect(file.bytes == Array("scan of the deed".utf8) && file.status == 200)
    #expect(file.headers["X-Content-Type-Options"] == "nosniff")
    let back = try await Self.post(bench, "/v1/materials/1:withdraw", #"{"reason": "录错"}"#)
    #expect(try back.text("$.withdrawn") != nil)
    #expect(
      try await Self.post(bench, "/v1/materials:search", #"{"type": "person", "code": "\#(Person.code)"}"#)[
        "$.materials"]?.count == 0)
    let one = try await bench.send(bench.request("GET", "/v1/materials/1"))
    #expect(one.text == back.text)
    for reply in [first, again, found, back, one] { #expect(reply.leaks == [], "\(reply.text)") }
    for secret in Person.secrets { #expect(!bench.log.contains(secret)) }
    let entries = try await bench.accesses().map(\.entry)
    #expect(
      entries.map(\.action) == [
        .handInMaterial, .handInMaterial, .searchMaterials, .readMaterialFile, .withdrawMaterial,
        .searchMaterials, .readMaterial,
      ])
    #expect(entries[3].revealed == ["material[1].file"] && entries[3].item == "material-1")
    #expect(entries[4].reason == "录错" && entries[4].item == "material-1")
    #expect(entries.allSatisfy { $0.outcome == .answered && $0.operator == GatewayBench.operatorName })
    await bench.close()
  }

  @Test func whatWasHandedInEarlierNeedNotBeBroughtAgain() async throws {
    let bench = try await GatewayBench()
    let asked = try await Self.post(bench, "/v1/supply-applications", Self.application)
    #expect(Self.states(asked) == ["subject": "missing", "property": "missing"])
    _ = try await Self.post(bench, "/v1/materials", Self.material("GD-1"))
    _ = try await Self.post(bench, "/v1/materials", Self.material("GD-2", code: "card", kind: nil))
    let reply = try await Self.post(bench, "/v1/supply-applications", Self.application)
    // The policy of the bench lets nothing earlier count for the deed, and what was brought for this is brought.
    #expect(Self.states(reply) == ["subject": "material", "property": "missing"], "\(reply.text)")
    #expect(reply.leaks == [])
    await bench.close()
  }

  @Test func aMaterialIsHandedInForAnApplication() async throws {
    let bench = try await GatewayBench()
    let asked = try await Self.post(bench, "/v1/supply-applications", Self.application)
    let number = try #require(try asked.text("$.statement.number"))
    let path = "/v1/supply-applications/1/materials"
    let kept = try await Self.post(bench, path, Self.material(code: "card", kind: nil))
    #expect(kept.status == 200, "\(kept.text)")
    #expect(try kept.text("$.application") == number && kept["$.new"]?.boolean == true)
    let seen = try await Self.post(bench, "/v1/supply-applications", Self.application)
    #expect(Self.states(seen) == ["subject": "material", "property": "missing"], "\(seen.text)")
    // The address says for which.
    #expect(try await Self.post(bench, path, Self.material("GD-9")).code == "body-invalid")
    #expect(
      try await Self.post(bench, "/v1/supply-applications/7/materials", Self.material()).code
        == "supply-not-found")
    for reply in [kept, seen] { #expect(reply.leaks == []) }
    let entries = try await bench.accesses().map(\.entry).filter { $0.action == .handInMaterial }
    #expect(entries.map(\.item).contains("supply-1"))
    await bench.close()
  }

  @Test func authorisationsAreKeptUsedAndRevoked() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let given = try await Self.post(
      bench, "/v1/authorisations",
      Self.authorisation(#", "scope": ["property-deed", "identity-card"], "until": "2027-01-01T00:00:00Z""#))
    #expect(given.status == 200, "\(given.text)")
    #expect(try given["$.id"]?.integer == 1 && given["$.holds"]?.boolean == true)
    let reply = try await Self.post(bench, "/v1/supply-applications", Self.application)
    #expect(Self.states(reply) == ["subject": "certificate", "property": "certificate"])
    #expect(try reply["$.statement.authorisations[0]"]?.integer == 1)
    // The same is the one that is kept.
    let found = try await Self.post(
      bench, "/v1/authorisations:search", #"{"type": "person", "code": "\#(Person.code)"}"#)
    #expect(try found["$.authorisations"]?.count == 1)
    let revoked = try await Self.post(bench, "/v1/authorisations/1:revoke", #"{"reason": "本人撤回"}"#)
    #expect(try revoked["$.holds"]?.boolean == false && revoked.text("$.revoked") != nil)
    // At the next look, whether or not anybody has worked meanwhile.
    let seen = try await bench.send(bench.request("GET", "/v1/supply-applications/1"))
    #expect(try seen["$.statement.version"]?.integer == 2)
    #expect(Self.states(seen) == ["subject": "missing", "property": "missing"])
    let again = try await Self.post(bench, "/v1/supply-applications", Self.application)
    #expect(Self.states(again) == ["subject": "missing", "property": "missing"])
    for reply in [given, found, revoked, seen] { #expect(reply.leaks == []) }
    for secret in Person.secrets { #expect(!bench.log.contains(secret)) }
    let last = try await bench.accesses().map(\.entry)
    #expect(last.filter { $0.action == .evaluateSupply }.map(\.certificates.count) == [2, 0])
    #expect(last.filter { $0.action == .readSupply }.map(\.certificates.count) == [0])
    #expect(last.first { $0.action == .revokeAuthorisation }?.reason == "本人撤回")
    await bench.close()
  }

  @Test func aMaterialIsComparedWithWhatIsKnown() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.propertyDeed()])
    _ = try await Self.post(bench, "/v1/materials", Self.material())
    let without = try await bench.send(bench.request("POST", "/v1/materials/1:verify"))
    #expect(try without.text("$.check.state") == "unchecked", "\(without.text)")
    #expect(try without.text("$.check.because[0]") == "not-authorised")
    _ = try await Self.post(bench, "/v1/authorisations", Self.authorisation())
    let with = try await bench.send(bench.request("POST", "/v1/materials/1:verify"))
    #expect(try with.text("$.check.certificate")?.hasPrefix("crt-") == true)
    #expect(try ["agrees", "unchecked"].contains(with.text("$.check.state")), "\(with.text)")
    let looks = try await bench.accesses().map(\.entry).filter { $0.action == .verifyMaterial }
    #expect(looks.map(\.certificates.count) == [0, 1] && looks.map(\.item) == ["material-1", "material-1"])
    await bench.close()
  }

  @Test func whatIsWrongIsSaidWithoutRepeatingIt() async throws {
    let bench = try await GatewayBench()
    let material = try await Self.post(
      bench, "/v1/materials",
      #"{"code": "\#(Person.name)", "holder": {"type": "person", "name": "\#(Person.name.prefix(1))*"}, "business": "x", "file": {"name": "a", "mediaType": "b", "content": "!", "path": "/etc/passwd"}}"#
    )
    #expect(material.status == 400 && material.code == "body-invalid")
    let pointers = material.document?.root["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    for pointer in ["/code", "/holder/name", "/business", "/file", "/file/content"] {
      #expect(pointers.contains(pointer), "\(pointers)")
    }
    let authorisation = try await Self.post(
      bench, "/v1/authorisations",
      Self.authorisation(#", "scope": ["passport"]"#).replacing("[\"supply\"]", with: "[\"audit\"]"))
    #expect(authorisation.status == 400)
    let faults = authorisation.document?.root["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    #expect(Set(faults) == ["/scope", "/purposes"], "\(faults)")
    let over = try await Self.post(
      bench, "/v1/authorisations", Self.authorisation(#", "until": "2026-10-01T00:00:00Z""#))
    #expect(over.status == 400 && over.code == "authorisation-unfit")
    for (method, path) in [
      ("GET", "/v1/materials/7"), ("GET", "/v1/materials/7/file"), ("POST", "/v1/materials/7:verify"),
      ("GET", "/v1/materials/x"),
    ] {
      let reply = try await bench.send(bench.request(method, path))
      #expect(reply.status == 404 && reply.code == "material-not-found", "\(path) \(reply.text)")
    }
    for path in ["/v1/authorisations/7", "/v1/authorisations/\(Person.code)"] {
      let reply = try await bench.send(bench.request("GET", path))
      #expect(reply.status == 404 && reply.code == "authorisation-not-found")
    }
    let revoke = try await Self.post(bench, "/v1/authorisations/7:revoke", #"{"reason": "x"}"#)
    #expect(revoke.status == 404)
    for reply in [material, authorisation, over] { #expect(reply.leaks == []) }
    await bench.close()
  }

  /// A scan shows all that stands on the paper.
  @Test func theFileNeedsTheScopeThatRevealsToo() async throws {
    let bench = try await GatewayBench(
      configuration: GatewayBench.configuration.replacing("certificates:reveal, ", with: ""))
    _ = try await Self.post(bench, "/v1/materials", Self.material())
    let refused = try await bench.send(bench.request("GET", "/v1/materials/1/file"))
    #expect(refused.status == 403 && refused.code == "reveal-not-allowed", "\(refused.text)")
    #expect(try await bench.accesses().map(\.entry).last?.outcome == .refused)
    #expect(try await bench.send(bench.request("GET", "/v1/materials/1")).status == 200)
    await bench.close()
  }

  @Test func eachNeedsItsScope() async throws {
    let bench = try await GatewayBench()
    for (method, path, body) in [
      ("POST", "/v1/materials", Self.material()), ("POST", "/v1/materials:search", "{}"),
      ("GET", "/v1/materials/1", ""), ("GET", "/v1/materials/1/file", ""),
      ("POST", "/v1/materials/1:verify", ""), ("POST", "/v1/materials/1:withdraw", #"{"reason": "x"}"#),
      ("POST", "/v1/authorisations", Self.authorisation()), ("POST", "/v1/authorisations:search", "{}"),
      ("GET", "/v1/authorisations/1", ""), ("POST", "/v1/authorisations/1:revoke", #"{"reason": "x"}"#),
    ] {
      let reply = try await bench.send(
        bench.request(method, path, body: body.isEmpty ? nil : body, key: GatewayBench.searchKey))
      #expect(reply.status == 403 && reply.code == "scope-missing", "\(method) \(path) \(reply.text)")
    }
    await bench.close()
  }
}
