import CivilTime
import HTTPTransport
import Sandbox
import Testing

struct DeterminismTests {
  /// Everything a fixed series of calls answers.
  private func transcript(_ seed: UInt64) async throws -> [[UInt8]] {
    try await Bench.run(Bench.configuration { $0.seed = seed }) { bench in
      var bodies: [[UInt8]] = []
      var zhejiang = try ZhejiangCaller(bench)
      try await zhejiang.refresh()
      for id in ["businessLicence", "identityCard", "propertyDeed"] {
        bodies.append(try await bench.send(zhejiang.page(id, 2)).body)
      }
      let investment = try InvestmentCaller(bench)
      bodies.append(try await bench.send(investment.projects(#","limit":20"#)).body)
      let realEstate = try RealEstateCaller(bench)
      var message = realEstate.message()
      message.id = "320400" + bench.clock.now.compactText.dropFirst(2).prefix(6) + "abc123"
      bodies.append(try await bench.send(realEstate.request(message)).body)
      var national = try NationalCaller(bench)
      bodies.append(try await bench.send(national.refreshRequest).body)
      try await national.refresh()
      for service in ["contractorLicenceServiceId", "designLicenceServiceId", "proofServiceId"] {
        bodies.append(try await bench.send(national.page(service, #"{"pageNum":1,"pageSize":20}"#)).body)
      }
      return bodies
    }
  }

  @Test func `the same seed gives the same bytes, another seed none of them`() async throws {
    let first = try await transcript(1)
    #expect(try await transcript(1) == first)
    let other = try await transcript(2)
    for (left, right) in zip(first, other) { #expect(left != right) }
  }

  @Test func `a page from the cache is the page that was rendered`() async throws {
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      let first = try await caller.call(caller.request(caller.message()))
      let second = try await caller.call(caller.request(caller.message()))
      #expect(first.element("Data") == second.element("Data"))
      // A later clock shows another state of the same window.
      let future = Bench.configuration { $0.history = Bench.start..<Bench.start.advanced(bySeconds: 1_000) }
      try await Bench.run(future) { bench in
        let caller = try RealEstateCaller(bench)
        let early = try await caller.call(caller.request(caller.message()))
        bench.clock.advance(seconds: 100)
        let late = try await caller.call(caller.request(caller.message()))
        #expect(early.element("TotalCount") == "5" && late.element("TotalCount") == "45")
        #expect(late.rows("KTT_FW_H").count == 45)
      }
    }
  }

  @Test func `connections hold what a gateway needs`() throws {
    let sandbox = try Sandbox(Bench.configuration())
    #expect(sandbox.connections.map(\.platform) == sandbox.platforms.map(\.name))
    for connection in sandbox.connections {
      #expect(connection.address == sandbox.addresses[connection.platform])
      #expect(connection.settings.contains { $0.isSecret })
      for setting in connection.settings { #expect(!setting.value.isEmpty) }
    }
    let again = try Sandbox(Bench.configuration())
    #expect(sandbox.connections.map(\.settings) == again.connections.map(\.settings))
  }

  @Test func `a taken port is an error`() throws {
    let first = try Sandbox(Bench.configuration())
    let port = try #require(first.addresses["control"]?.split(separator: ":").last.flatMap { Int($0) })
    #expect(throws: (any Error).self) {
      try Sandbox(Bench.configuration { $0.ports = ["investment-3": port] })
    }
  }
}
