import Documents
import HTTPTransport
import Sandbox
import Testing

struct ControlServerTests {
  @Test func `rules come and go`() async throws {
    try await Bench.run { bench in
      let rule =
        #"{"fault":"unavailable","retryAfter":9,"platform":"investment-3","operation":"projects","every":2}"#
      let (created, answer) = try await bench.control("POST", "/control/faults", rule)
      #expect(created == 201)
      let id = try #require(answer["id"]?.integer)
      let caller = try InvestmentCaller(bench)
      var statuses: [Int] = []
      for _ in 0..<4 { statuses.append(try await bench.send(caller.projects(#","limit":5"#)).status) }
      #expect(statuses == [200, 503, 200, 503])
      let (_, rules) = try await bench.control("GET", "/control/faults")
      #expect(rules["faults"]?[0]?["struck"]?.integer == 2 && rules["faults"]?[0]?["matched"]?.integer == 4)
      let (_, calls) = try await bench.control("GET", "/control/calls")
      let count = calls["investment-3"]?["projects"]
      #expect(
        count?["calls"]?.integer == 4 && count?["succeeded"]?.integer == 2 && count?["rows"]?.integer == 10)
      #expect(count?["faulted"]?["unavailable"]?.integer == 2)
      #expect(try await bench.control("DELETE", "/control/faults?id=\(id)").0 == 200)
      #expect(try await bench.control("DELETE", "/control/faults?id=\(id)").0 == 404)
      #expect(try await bench.send(caller.projects(#","limit":5"#)).status == 200)
      _ = try await bench.control("POST", "/control/faults", #"{"fault":"reset"}"#)
      let (_, none) = try await bench.control("DELETE", "/control/faults")
      #expect(none["faults"]?.count == 0)
      let (_, reset) = try await bench.control("DELETE", "/control/calls")
      #expect(reset["investment-3"]?["projects"]?["calls"]?.integer == 0)
    }
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"fault":"nonsense"}"#, #"{"fault":"reset","platform":"nobody"}"#,
    #"{"fault":"reset","platform":"investment-3","operation":"nothing"}"#, #"{"fault":"reset","every":0}"#,
    #"{"fault":"reset","probability":2}"#, #"{"fault":"reset","often":1}"#,
    #"{"fault":"stall","seconds":"x"}"#,
    #"{"fault":"poisoned-record","poison":"arsenic"}"#, #"{"fault":"slow-drip","bytesPerSecond":0}"#,
    #"{"fault":"oversized-body","bytes":-1}"#, #"{"fault":"reset","call":"2"}"#,
    #"{"fault":"reset","platform":7}"#, #"{"fault":"stall-after","seconds":-1}"#,
    #"{"fault":"slow","seconds":"x"}"#,
  ])
  func `a rule that cannot be is refused with a reason`(body: String) async throws {
    try await Bench.run { bench in
      let (status, answer) = try await bench.control("POST", "/control/faults", body)
      #expect(status == 400)
      #expect(answer["error"]?.string?.isEmpty == false)
      #expect(bench.sandbox.faults.entries.isEmpty)
    }
  }

  @Test(arguments: [
    "stall", "reset", "half-body", "wrong-charset", "mislabelled-charset", "html-page", "expired-token",
    "forgotten-secrets",
    "quota",
    "early-end", "poisoned-record", "duplicated-page", "oversized-body", "endless-body", "billion-laughs",
    "truncated-document", "slow-drip", "unavailable", "reset-after", "stall-after", "bad-gateway",
    "html-page-after", "slow", "refusal", "duplicate-answer",
  ])
  func `every fault has its word`(word: String) async throws {
    try await Bench.run { bench in
      let (status, _) = try await bench.control("POST", "/control/faults", #"{"fault":"\#(word)","call":3}"#)
      #expect(status == 201)
      let (_, rules) = try await bench.control("GET", "/control/faults")
      #expect(rules["faults"]?[0]?["fault"]?.string == word)
    }
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"platform":"investment-3","operation":"projects","rows":[0]}"#,
    #"{"platform":"national-exchange","operation":"proofs","url":"http://127.0.0.1:1","rows":[0]}"#,
    #"{"platform":"investment-3","operation":"houses","url":"http://127.0.0.1:1","rows":[0]}"#,
    #"{"platform":"investment-3","operation":"projects","url":"http://127.0.0.1:1","rows":[]}"#,
    #"{"platform":"investment-3","operation":"projects","url":"http://127.0.0.1:1","rows":[99999999]}"#,
    #"{"platform":"investment-3","operation":"projects","url":"http://127.0.0.1:1","rows":[0],"version":3}"#,
    #"{"platform":"investment-3","operation":"projects","url":"http://127.0.0.1:1","rows":[0],"fault":"nonsense"}"#,
  ])
  func `what cannot be sent is refused with a reason`(body: String) async throws {
    try await Bench.run { bench in
      let (status, answer) = try await bench.control("POST", "/control/send", body)
      #expect(status == 400)
      #expect(answer["error"]?.string?.isEmpty == false)
      #expect(try await bench.control("GET", "/control/send").0 == 405)
    }
  }

  @Test func `platforms are listed with where they are`() async throws {
    try await Bench.run { bench in
      let (_, list) = try await bench.control("GET", "/control/platforms")
      let names = list["platforms"].map { Array($0.elements) }?.compactMap { $0["name"]?.string }
      #expect(names == bench.sandbox.connections.map(\.platform))
      #expect(list["platforms"]?[0]?["address"]?.string == bench.sandbox.addresses["zhejiang-public-data"])
      #expect(try await bench.control("PUT", "/control/calls").0 == 405)
      #expect(try await bench.control("GET", "/elsewhere").0 == 404)
    }
  }
}
