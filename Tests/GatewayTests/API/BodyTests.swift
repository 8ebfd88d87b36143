import Access
import Documents
import HTTPService
import Testing

@testable import GatewayAPI

@Suite struct BodyTests {
  /// The body, the code, and for bodies that say the wrong thing where and what word was meant.
  static let search: [(body: String, code: String, pointer: String?, suggestion: String?)] = [
    ("", "body-malformed", nil, nil), ("{", "body-malformed", nil, nil),
    ("{'number': 1}", "body-malformed", nil, nil),
    ("{\"number\": \"1\", \"number\": \"2\"}", "body-malformed", nil, nil),
    ("{\"number\": \"\\ud800\"}", "body-malformed", nil, nil),
    ("{\"number\": \"1\"} x", "body-malformed", nil, nil),
    (String(repeating: "[", count: 100) + String(repeating: "]", count: 100), "body-malformed", nil, nil),
    ("[]", "body-invalid", "", nil), ("null", "body-invalid", "", nil), ("{}", "body-invalid", "", nil),
    ("{\"limit\": 5}", "body-invalid", "", nil),
    ("{\"holdercode\": \"\(Person.code)\"}", "body-invalid", "/holdercode", "holderCode"),
    ("{\"\(Person.code)\": 1}", "body-invalid", "/…", nil), ("{\"a/b~c\": 1}", "body-invalid", "/…", nil),
    ("{\"number\": 330199199003070017}", "body-invalid", "/number", nil),
    ("{\"number\": null}", "body-invalid", "/number", nil),
    ("{\"number\": \"\"}", "body-invalid", "/number", nil),
    ("{\"number\": \" \"}", "body-invalid", "/number", nil),
    ("{\"number\": \"\(String(repeating: "1", count: 201))\"}", "body-invalid", "/number", nil),
    ("{\"holderCode\": \"3301**********0017\"}", "body-invalid", "/holderCode", nil),
    ("{\"number\": \"1\", \"limit\": 0}", "body-invalid", "/limit", nil),
    ("{\"number\": \"1\", \"limit\": 201}", "body-invalid", "/limit", nil),
    ("{\"number\": \"1\", \"limit\": \"5\"}", "body-invalid", "/limit", nil),
    ("{\"number\": \"1\", \"limit\": 1.5}", "body-invalid", "/limit", nil),
    ("{\"number\": \"1\", \"kinds\": \"property-deed\"}", "body-invalid", "/kinds", nil),
    (
      "{\"number\": \"1\", \"kinds\": [\"property-deed\", \"propertydeed\"]}", "body-invalid", "/kinds/1",
      "property-deed"
    ),
    ("{\"number\": \"1\", \"reveal\": [\"holder.nane\"]}", "body-invalid", "/reveal/0", "holder.name"),
    ("{\"number\": \"1\", \"reveal\": [\"basic.issuedDate\"]}", "body-invalid", "/reveal/0", nil),
    ("{\"holderName\": \"拟某\", \"reveal\": [\"holder.name\"]}", "body-invalid", "/reveal", nil),
    ("{\"keys\": {}}", "body-invalid", "/keys", nil), ("{\"keys\": [1]}", "body-invalid", "/keys/0", nil),
    (
      "{\"keys\": [{\"domain\": \"holdercode\", \"value\": \"1\"}]}", "body-invalid", "/keys/0/domain",
      "holder-code"
    ),
    ("{\"keys\": [{\"domain\": \"number\"}]}", "body-invalid", "/keys/0", nil),
    ("{\"number\": \"1\", \"keys\": [{\"value\": \"1\"}]}", "body-invalid", "/keys/0", nil),
    (
      "{\"keys\": [{\"domain\": \"number\", \"value\": \"1\", \"vlaue\": \"1\"}]}", "body-invalid",
      "/keys/0/vlaue", "value"
    ),
  ]

  @Test(arguments: search.indices) func aWrongBodyIsExplained(index: Int) async throws {
    let (body, code, pointer, suggestion) = Self.search[index]
    let bench = try await GatewayBench()
    let reply = try await bench.search(body)
    #expect(reply.status == 400 && reply.code == code, "\(reply.text)")
    if let pointer {
      let faults = try reply["$.errors"]?.elements.map { $0 } ?? []
      let fault = faults.first { $0["pointer"]?.string == pointer }
      #expect(fault != nil, "\(reply.text)")
      #expect(fault?["suggestion"]?.string == suggestion, "\(reply.text)")
    }
    #expect(reply.leaks == [] && !reply.text.contains("330199199003070017"))
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.map(\.outcome) == [.invalid] && entries[0].code == code)
    await bench.close()
  }

  @Test func severalFaultsAreToldAtOnce() async throws {
    let bench = try await GatewayBench()
    let reply = try await bench.search("{\"number\": 1, \"limit\": -1, \"kind\": []}")
    let pointers = try reply["$.errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    #expect(Set(pointers) == ["/number", "/limit", "/kind", ""])
    await bench.close()
  }

  @Test func onlyJSONIsReadAndOnlySoMuchOfIt() async throws {
    let bench = try await GatewayBench()
    var form = bench.request("POST", "/v1/certificates:search", body: "number=1")
    form.headers["Content-Type"] = "application/x-www-form-urlencoded"
    #expect(try await bench.send(form).code == "media-type")
    var charset = bench.request("POST", "/v1/certificates:search", body: "{\"number\": \"1\"}")
    charset.headers["Content-Type"] = "Application/JSON; charset=utf-8"
    #expect(try await bench.send(charset).status == 200)
    let large = "{\"number\": \"1\"" + String(repeating: " ", count: 300 << 10) + "}"
    let reply = try await bench.search(large)
    #expect(reply.status == 413 && reply.code == "body-too-large")
    await bench.close()
  }

  /// The query, and a word of the answer.
  static let queries: [(path: String, query: String, word: String)] = [
    ("/v1/certificates/crt-00000000000000000000", "revael=holder.name", "reveal"),
    ("/v1/certificates/crt-00000000000000000000", "reveal=holder.nam", "holder.name"),
    ("/v1/certificates/crt-00000000000000000000", "reveal=holder.name&reveal=holder.code", "more than once"),
    ("/v1/certificates/crt-00000000000000000000", "reveal=%FF", "UTF-8"),
    ("/v1/certificates/crt-00000000000000000000/evidence", "prove=yes", "true or false"),
    ("/v1/exchanges", "outcome=fail", "failed"), ("/v1/exchanges", "limit=0", "1 to 500"),
    ("/v1/exchanges", "limit=501", "1 to 500"), ("/v1/exchanges", "limit=+5", "1 to 500"),
    ("/v1/exchanges", "after=-1", "integer"), ("/v1/exchanges", "since=2026-11-21", "2026-11-21T05:50:23Z"),
    ("/v1/exchanges", "operation=x", "platform"), ("/v1/exchanges", "number=\(Person.code)", "not known"),
    ("/v1/exchanges", "\(Person.code)=1", "'…'"), ("/v1/platforms", "x=1", "not known"),
  ]

  @Test(arguments: queries.indices) func aWrongQueryIsExplained(index: Int) async throws {
    let (path, query, word) = Self.queries[index]
    let bench = try await GatewayBench()
    let reply = try await bench.send(bench.request("GET", path, query: query))
    #expect(reply.status == 400 && reply.code == "query-invalid", "\(reply.text)")
    #expect(reply.text.contains(word), "\(reply.text)")
    #expect(reply.leaks == [])
    await bench.close()
  }
}
