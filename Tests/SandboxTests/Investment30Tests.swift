import Certificates
import CivilTime
import Documents
import HTTPTransport
import Sandbox
import Testing

struct Investment30Tests {
  @Test func `cursor and offset give the same rows`() async throws {
    try await Bench.run { bench in
      let caller = try InvestmentCaller(bench)
      var byCursor: [String] = []
      var cursor = ""
      repeat {
        let reply = try await caller.call(caller.projects(#","limit":7,"cursor":"\#(cursor)""#))
        try #require(reply["code"]?.string == "0")
        let data = try #require(reply["data"])
        #expect(data["total"]?.integer == bench.sandbox.population.sizes.projects)
        byCursor += (data["rows"].map { Array($0.elements) } ?? []).compactMap { $0["projectCode"]?.string }
        cursor = data["nextCursor"]?.string ?? ""
        #expect(data["hasMore"]?.boolean == !cursor.isEmpty)
      } while !cursor.isEmpty
      var byOffset: [String] = []
      for offset in stride(from: 0, to: byCursor.count, by: 11) {
        let reply = try await caller.call(caller.projects(#","limit":11,"offset":\#(offset)"#))
        byOffset += (reply["data"]?["rows"].map { Array($0.elements) } ?? []).compactMap {
          $0["projectCode"]?.string
        }
      }
      #expect(byCursor == byOffset)
      #expect(Set(byCursor).count == bench.sandbox.population.sizes.projects)
      for code in byCursor { #expect(Identifier.inspect(.projectCode, code).isValid) }
    }
  }

  @Test func `approvals belong to projects, the sponsor's are granted`() async throws {
    try await Bench.run { bench in
      let caller = try InvestmentCaller(bench)
      let body = "{\(InvestmentCaller.audit),\"limit\":1000,\"offset\":0}"
      let reply = try await caller.call(caller.request("/investment/v3/approvals", body))
      let rows = try #require(reply["data"]?["rows"])
      #expect(rows.count == bench.sandbox.population.sizes.approvals)
      let code = bench.sandbox.population.project(0).projectCode
      let own = rows.elements.filter { $0["projectCode"]?.string == code }
      #expect(own.count >= 3)
      #expect(own.prefix(3).allSatisfy { $0["currentState"]?.string == "许可办结" })
      let granted = rows.elements.filter { $0["currentState"]?.string == "许可办结" }
      let numbers = granted.compactMap { $0["approvalNumber"]?.string }
      #expect(Set(numbers).count == granted.count)
    }
  }

  @Test func `every refusal is made`() async throws {
    let configuration = Bench.configuration { $0.limits.pageSize = 50 }
    try await Bench.run(configuration) { bench in
      let caller = try InvestmentCaller(bench)
      let path = "/investment/v3/projects"
      let good = "{\(InvestmentCaller.audit),\"limit\":5}"
      func code(_ request: HTTPRequest) async throws -> String? {
        try await caller.call(request)["code"]?.string
      }
      #expect(try await code(caller.request(path, good)) == "0")
      #expect(try await code(caller.request(path, good, serviceID: "s")) == "0", "signed in capitals")
      #expect(try await code(caller.request(path, good, token: "other")) == "1001")
      #expect(try await code(caller.request(path, good, skew: 301)) == "1002")
      #expect(try await code(caller.request(path, good, skew: -301)) == "1002")
      #expect(try await code(caller.request(path, good, nonce: "once")) == "0")
      #expect(try await code(caller.request(path, good, nonce: "once")) == "1003")
      #expect(try await code(caller.request(path, good, token: "other", nonce: "spared")) == "1001")
      #expect(
        try await code(caller.request(path, good, nonce: "spared")) == "0", "a stranger used up a nonce")
      #expect(try await code(caller.request(path, good, paasid: "other")) == "1004")
      #expect(try await code(caller.request(path, "not JSON")) == "1006")
      #expect(try await code(caller.request(path, "{\(InvestmentCaller.audit)}")) == "1006")
      #expect(try await code(caller.projects(#","limit":5,"cursor":"0-0-0-0-000000000000""#)) == "1006")
      #expect(try await code(caller.projects(#","limit":5,"updateTimeStart":"soon""#)) == "1006")
      #expect(try await code(caller.projects(#","limit":51"#)) == "1007")
      #expect(try await code(caller.request("/investment/v3/other", good)) == "1008")
      #expect(try await code(caller.request(path, good, method: "PUT")) == "1009")
      #expect(try await code(caller.request(path, #"{"limit":5}"#)) == "1010")
      let partial = #"{"limit":5,"audit_info":{"operator_id":"1","operator_name":"","item_code":"x"}}"#
      #expect(try await code(caller.request(path, partial)) == "1010")
      var bare = caller.request(path, good)
      bare.headers.removeAll { $0.name == "x-tif-nonce" }
      #expect(try await code(bare) == "1006")
    }
  }

  @Test func `the quota is kept`() async throws {
    try await Bench.run(Bench.configuration { $0.limits.perDay = 1 }) { bench in
      let caller = try InvestmentCaller(bench)
      #expect(try await caller.call(caller.projects(#","limit":5"#))["code"]?.string == "0")
      #expect(try await caller.call(caller.projects(#","limit":5"#))["code"]?.string == "1005")
    }
  }

  @Test func `a cursor keeps its window`() async throws {
    try await Bench.run { bench in
      let caller = try InvestmentCaller(bench)
      let window =
        #","limit":3,"updateTimeStart":"2021-01-01 00:00:00","updateTimeEnd":"2025-01-01 00:00:00""#
      let first = try await caller.call(caller.projects(window))
      let cursor = try #require(first["data"]?["nextCursor"]?.string)
      let second = try await caller.call(caller.projects(window + #","cursor":"\#(cursor)""#))
      #expect(second["data"]?["total"]?.integer == first["data"]?["total"]?.integer)
      #expect(
        second["data"]?["rows"]?[0]?["projectCode"]?.string
          != first["data"]?["rows"]?[0]?["projectCode"]?.string)
      let other = #","limit":3,"updateTimeStart":"2020-01-01 00:00:00","cursor":"\#(cursor)""#
      #expect(try await caller.call(caller.projects(other))["code"]?.string == "1006")
    }
  }
}
