import CivilTime
import Crypto
import Documents
import Sandbox
import Testing

struct PermitWindowTests {
  @Test(arguments: ["route-planning", "road-occupation", "road-digging", "greening"])
  func `an application gets a receipt and can be seen among the effects`(item: String) async throws {
    try await Bench.run { bench in
      let caller = try PermitCaller(bench)
      let reply = try await caller.submit(item, key: "k-1")
      #expect(reply["code"]?.string == "0" && reply["data"]?["state"]?.string == "00")
      let receipt = try #require(reply["data"]?["receiptNo"]?.string)
      #expect(receipt.hasPrefix("HZ") && receipt.utf8.count == 16)
      let (_, effects) = try await bench.control("GET", "/control/effects?item=\(item)&key=k-1")
      #expect(effects["effects"]?.count == 1)
      let effect = effects["effects"]?[0]
      #expect(effect?["receipt"]?.string == receipt && effect?["item"]?.string == item)
      #expect(effect?["key"]?.string == "k-1" && effect?["count"]?.integer == 1)
      #expect(effect?["time"]?.string == bench.clock.now.iso8601)
      #expect(try await bench.control("GET", "/control/effects?key=other").1["effects"]?.count == 0)
      #expect(try await bench.control("DELETE", "/control/effects").1["effects"]?.count == 0)
    }
  }

  @Test func `a key is known for route planning, counted elsewhere, and unknown to questions for greening`()
    async throws
  {
    try await Bench.run { bench in
      let caller = try PermitCaller(bench)
      for item in ["route-planning", "road-digging", "greening"] {
        let receipts = [
          try await caller.submit(item, key: item)["data"]?["receiptNo"]?.string,
          try await caller.submit(item, key: item)["data"]?["receiptNo"]?.string,
        ]
        #expect((receipts[0] == receipts[1]) == (item == "route-planning"))
        let (_, effects) = try await bench.control("GET", "/control/effects?key=\(item)")
        #expect(effects["effects"]?.count == (item == "route-planning" ? 1 : 2))
        let (_, status) = try await caller.call("status", #"{"businessKey":"\#(item)"}"#)
        #expect(status["code"]?.string == (item == "greening" ? "2007" : "0"))
        if item != "greening" { #expect(status["data"]?["receiptNo"]?.string == receipts[0]) }
      }
      let other = try await caller.submit("route-planning", key: "route-planning", ["bz": #""x""#])
      #expect(other["code"]?.string == "2003")
      // A key stands for an item, not for all of them.
      #expect(try await caller.submit("road-digging", key: "route-planning")["code"]?.string == "0")
    }
  }

  /// One change to a good application, and the refusal it must meet, with the field's name.
  @Test(
    arguments: [
      ("road-digging", "wjcd", nil, "2001", "wjcd"), ("road-digging", "kgrq", nil, "2001", "kgrq"),
      ("route-planning", "xlcd", nil, "2001", "xlcd"), ("road-occupation", "zymj", nil, "2001", "zymj"),
      ("greening", "ldmj", nil, "2001", "ldmj"), ("greening", "sqrmc", #""""#, "2001", "sqrmc"),
      ("road-digging", "sxbm", #""330100-YL-01""#, "2002", "sxbm"),
      ("road-digging", "gzcn", #""是""#, "2002", "gzcn"),
      ("road-digging", "kgrq", #""2026-03-01""#, "2002", "kgrq"),
      ("road-digging", "wjcd", #""86""#, "2002", "wjcd"),
      ("road-digging", "cllb", "[{}]", "2001", "cllb[0].clbm"),
      ("road-digging", "cllb", #"[{"clbm":"C","wjm":"a","wjlx":"t","nr":"%"}]"#, "2002", "cllb[0].nr"),
      (
        "road-digging", "cllb", #"[{"clbm":"C","wjm":"a","wjlx":"t","nr":"YWJj","wjdx":4}]"#, "2002",
        "cllb[0].wjdx"
      ),
      (
        "road-digging", "cllb", #"[{"clbm":"C","wjm":"a","wjlx":"t","nr":"YWJj","wjdx":3,"sm3":"0"}]"#,
        "2002", "cllb[0].sm3"
      ),
    ] as [(String, String, String?, String, String)])
  func `what is missing or malformed is named`(
    item: String, member: String, value: String?, code: String, field: String
  ) async throws {
    try await Bench.run { bench in
      let caller = try PermitCaller(bench)
      let reply = try await caller.submit(item, key: "k", [member: value])
      #expect(reply["code"]?.string == code && reply["message"]?.string?.contains(field) == true)
      #expect(bench.sandbox.permitCases.isEmpty)
    }
  }

  @Test func `every refusal of the gateway is made, and none has an effect`() async throws {
    let configuration = Bench.configuration { $0.limits.perDay = 4 }
    try await Bench.run(configuration) { bench in
      let caller = try PermitCaller(bench)
      let good = #"{"businessKey":"k","application":\#(PermitCaller.application("greening"))}"#
      func code(
        _ operation: String = "greening", _ body: String? = nil, token: String? = nil, paasid: String? = nil,
        nonce: String? = nil, skew: Int = 0, method: String = "POST"
      ) async throws -> String? {
        try await caller.call(
          operation, body ?? good, token: token, paasid: paasid, nonce: nonce, skew: skew, method: method
        ).body["code"]?.string
      }
      #expect(try await code(token: "other") == "1001")
      #expect(try await code(skew: 301) == "1002")
      #expect(try await code(paasid: "other") == "1004")
      #expect(try await code("felling") == "1008")
      #expect(try await code(method: "PUT") == "1009")
      #expect(try await code("greening", "no JSON", nonce: "once") == "1006")
      #expect(try await code(nonce: "once") == "1003")
      #expect(try await code("greening", "{}") == "1006")
      #expect(try await code("status", #"{"businessKey":"nobody"}"#) == "2004")
      #expect(try await code("status", "{}") == "1006")
      #expect(try await code() == "1005")
      #expect(bench.sandbox.permitCases.isEmpty)
    }
  }

  @Test func `a case goes on as people decide`() async throws {
    try await Bench.run { bench in
      let caller = try PermitCaller(bench)
      let receipt = try #require(
        try await caller.submit("road-digging", key: "k")["data"]?["receiptNo"]?.string)
      func decide(_ state: String) async throws -> Int {
        bench.clock.advance(seconds: 60)
        return try await bench.control(
          "POST", "/control/progress", #"{"receipt":"\#(receipt)","state":"\#(state)","note":"缺路由图"}"#
        ).0
      }
      func status() async throws -> JSONValue? {
        try await caller.call("status", #"{"receiptNo":"\#(receipt)"}"#).body["data"]
      }
      let file =
        #"{"clbm":"C","wjm":"a","wjlx":"t","nr":"YWJj","wjdx":3,"sm3":"\#(Hex.encode(Digest.sm3.hash("abc")))"}"#
      let supplement = #"{"receiptNo":"\#(receipt)","supplement":{"cllb":[\#(file)]}}"#
      #expect(try await caller.call("supplement", supplement).body["code"]?.string == "2006")
      #expect(try await decide("correction") == 200)
      let waiting = try await status()
      #expect(waiting?["state"]?.string == "20" && waiting?["opinion"]?.string == "缺路由图")
      let empty = #"{"receiptNo":"\#(receipt)","supplement":{}}"#
      #expect(try await caller.call("supplement", empty).body["code"]?.string == "2001")
      #expect(try await caller.call("supplement", supplement).body["data"]?["state"]?.string == "10")
      #expect(try await decide("approved") == 200)
      #expect(try await status()?["decisionNo"]?.string == "杭许字\(receipt)")
      #expect(try await status()?["changedTime"]?.string == bench.clock.now.text)
      let withdrawal = #"{"receiptNo":"\#(receipt)","withdrawal":{"yy":"路由调整"}}"#
      #expect(try await caller.call("withdraw", withdrawal).body["code"]?.string == "2006")
      #expect(try await decide("accepted") == 200)
      #expect(try await caller.call("withdraw", withdrawal).body["data"]?["state"]?.string == "99")
      let again = try await caller.call("withdraw", withdrawal).body
      #expect(again["code"]?.string == "2005" && again["data"]?["receiptNo"]?.string == receipt)
      #expect(bench.sandbox.permitCases.map(\.supplements) == [1])
      // 容缺: it is allowed, and what was left to be brought comes afterwards.
      #expect(try await decide("deferred") == 200)
      #expect(try await caller.call("supplement", supplement).body["data"]?["state"]?.string == "81")
      #expect(bench.sandbox.permitCases.map(\.supplements) == [2])
    }
  }

  @Test(arguments: [
    "", "{}", #"{"state":"approved"}"#, #"{"receipt":"HZ1","state":"perhaps"}"#,
    #"{"receipt":"HZ1","state":"approved","why":1}"#, #"{"receipt":"HZ1","state":"approved"}"#,
  ])
  func `a decision that cannot be is refused with a reason`(body: String) async throws {
    try await Bench.run { bench in
      let (status, answer) = try await bench.control("POST", "/control/progress", body)
      #expect((400...404).contains(status) && answer["error"]?.string?.isEmpty == false)
      #expect(try await bench.control("GET", "/control/progress").0 == 405)
    }
  }
}
