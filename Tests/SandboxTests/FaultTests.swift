import Documents
import HTTPTransport
import Sandbox
import Testing

/// Each fault as it looks from the other end of the wire.
struct FaultTests {
  private func with(
    _ rule: FaultRule, _ body: @escaping @Sendable (Bench, ZhejiangCaller, HTTPRequest) async throws -> Void
  ) async throws {
    try await Bench.run { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      let whole = try await bench.send(caller.page("identityCard", 2))
      #expect(try JSONDocument(parsing: whole.body).root["dataCount"]?.integer == 100)
      bench.sandbox.faults.add(rule)
      try await body(bench, caller, caller.page("identityCard", 2))
      #expect(bench.sandbox.calls("zhejiang-public-data", "identityCard").faulted.count == 1)
    }
  }

  private static func failure(
    _ bench: Bench, _ request: HTTPRequest, idle: Duration = .seconds(10), most: Int = 1 << 20
  ) async throws -> TransportError? {
    do {
      _ = try await bench.send(request, idle: idle, most: most)
      return nil
    } catch let error as TransportError {
      return error
    }
  }

  @Test func `a stall says nothing until the caller gives up`() async throws {
    try await with(FaultRule(.stall(seconds: 3600))) { bench, _, request in
      let error = try await FaultTests.failure(bench, request, idle: .milliseconds(300))
      #expect(error?.code.isTimeout == true && error?.requestBytesSent == true)
      #expect(error?.partial.isEmpty == true)
    }
  }

  @Test func `a stall that is over resets`() async throws {
    try await with(FaultRule(.stall(seconds: 0.05))) { bench, _, request in
      let error = try await FaultTests.failure(bench, request)
      #expect(error?.code == .reset || error?.code == .closedWithoutReply)
    }
  }

  @Test func `a reset gives no answer`() async throws {
    try await with(FaultRule(.reset)) { bench, _, request in
      let error = try await FaultTests.failure(bench, request)
      #expect(error?.code == .reset || error?.code == .closedWithoutReply)
      #expect(error?.partial.status == nil)
    }
  }

  @Test func `half a body is less than its declared length`() async throws {
    try await with(FaultRule(.halfBody)) { bench, _, request in
      let error = try await FaultTests.failure(bench, request)
      #expect(error?.code == .partialBody || error?.code == .reset)
      let declared = error?.partial.headers.first { $0.name.lowercased() == "content-length" }
      let length = try #require(declared.flatMap { Int($0.value) })
      #expect(error?.partial.status == 200)
      #expect((1..<length).contains(error?.partial.body.count ?? 0))
    }
  }

  @Test func `JSON in the wrong charset is GB18030 called UTF-8`() async throws {
    try await with(FaultRule(.wrongCharset)) { bench, _, request in
      let response = try await bench.send(request)
      #expect(throws: DocumentError.self) { try Charset.utf8.decode(response.body) }
      let text = try Charset.gb18030.decode(response.body)
      #expect(try JSONDocument(parsing: text).root["code"]?.string == "00")
    }
  }

  @Test func `JSON may be called GB18030 while it is UTF-8`() async throws {
    try await with(FaultRule(.mislabelledCharset)) { bench, _, request in
      let response = try await bench.send(request)
      let type = response.headers.first { $0.name.lowercased() == "content-type" }
      #expect(type?.value == "application/json;charset=GB18030")
      #expect(try JSONDocument(parsing: response.body).root["code"]?.string == "00")
    }
  }

  @Test func `XML in the wrong charset is UTF-8 called GB18030`() async throws {
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      bench.sandbox.faults.add(FaultRule(.wrongCharset, most: 1))
      let wrong = try await bench.send(caller.request(caller.message()))
      let text = String(decoding: try Charset.utf8.decode(wrong.body), as: UTF8.self)
      #expect(text.contains("encoding=\"GB18030\"") && text.contains("QLRMC="))
      bench.sandbox.faults.add(FaultRule(.mislabelledCharset))
      let labelled = try await bench.send(caller.request(caller.message()))
      let content = String(decoding: try Charset.gb18030.decode(labelled.body), as: UTF8.self)
      #expect(content.contains("encoding=\"UTF-8\"") && content.contains("QLRMC="))
      #expect(throws: DocumentError.self) { try Charset.utf8.decode(labelled.body) }
    }
  }

  @Test func `a renamed field has its new name in every row, and nothing else changes`() async throws {
    try await with(FaultRule(.renamedField(from: "zz", to: "address"))) { _, caller, request in
      let changed = try await caller.call(request)
      let rows = Array(changed["datas"]?.elements.map { $0 } ?? [])
      #expect(!rows.isEmpty && rows.allSatisfy { $0["zz"] == nil && $0["address"]?.string != nil })
      #expect(rows.allSatisfy { $0["gmsfhm"]?.string != nil })
    }
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      bench.sandbox.faults.add(FaultRule(.renamedField(from: "ZL", to: "ADDRESS")))
      let answer = try await bench.send(caller.request(caller.message()))
      let text = String(decoding: try Charset.gb18030.decode(answer.body), as: UTF8.self)
      #expect(text.contains(" ADDRESS=\"") && !text.contains(" ZL=\""))
    }
  }

  @Test func `a log-in page comes with status 200`() async throws {
    try await with(FaultRule(.htmlPage)) { bench, _, request in
      let response = try await bench.send(request)
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
    }
  }

  @Test(arguments: [FaultKind.expiredToken, .forgottenSecrets])
  func `ended secrets are refused until new ones are fetched`(kind: FaultKind) async throws {
    try await with(FaultRule(kind, most: 1)) { _, caller, request in
      var caller = caller
      #expect(try await caller.call(request)["code"]?.string == "-1")
      #expect(try await caller.call(request)["code"]?.string == "-1", "the rule has struck already")
      if kind == .expiredToken {
        try await caller.refreshBySecret()
      } else {
        let refresh = caller.request("/gateway/app/refreshTokenBySec.htm", secret: caller.refreshSecret)
        #expect(try await caller.call(refresh)["code"]?.string == "-1")
        try await caller.refresh()
      }
      #expect(try await caller.call(caller.page("identityCard"))["code"]?.string == "00")
    }
  }

  @Test func `a quota is refused in the platform's words`() async throws {
    try await with(FaultRule(.quota)) { _, caller, request in
      let reply = try await caller.call(request)
      #expect(reply["code"]?.string == "-5")
    }
  }

  @Test func `an early end declares more than it delivers`() async throws {
    try await with(FaultRule(.earlyEnd)) { bench, caller, request in
      let reply = try await caller.call(request)
      #expect(reply["code"]?.string == "00" && reply["datas"]?.count == 0)
      #expect(reply["totalDataCount"]?.integer == bench.sandbox.population.sizes.persons)
      let investment = try InvestmentCaller(bench)
      let page = try await investment.call(investment.projects(#","limit":5"#))
      #expect(page["data"]?["total"]?.integer == 60)
      #expect(page["data"]?["hasMore"]?.boolean == false)
    }
  }

  @Test(arguments: Poison.allCases)
  func `the first record of a page is poisoned`(poison: Poison) async throws {
    try await with(FaultRule(.poisonedRecord(poison), most: 1)) { _, caller, request in
      let bad = try #require(try await caller.call(request)["datas"])
      let good = try #require(try await caller.call(request)["datas"])
      #expect(bad.count == good.count)
      #expect(bad[0]?["xm"]?.string == good[0]?["xm"]?.string)
      switch poison {
      case .brokenCheck:
        let number = try #require(bad[0]?["gmsfhm"]?.string)
        #expect(number.count == 18 && number != good[0]?["gmsfhm"]?.string)
      case .wrongType:
        #expect(bad[0]?["gmsfhm"]?.isArray == true)
      }
      #expect(bad[1]?.writtenBytes == good[1]?.writtenBytes)
    }
  }

  @Test func `the page before comes again`() async throws {
    try await with(FaultRule(.duplicatedPage, most: 1)) { _, caller, request in
      let repeated = try await caller.call(request)
      let before = try await caller.call(caller.page("identityCard", 1))
      #expect(repeated["datas"]?.writtenBytes == before["datas"]?.writtenBytes)
    }
  }

  @Test func `an oversized body is declared`() async throws {
    try await with(FaultRule(.oversizedBody(bytes: 8 << 20))) { bench, _, request in
      #expect(try await FaultTests.failure(bench, request)?.code == .bodyTooLarge)
      let response = try await bench.send(request)
      #expect(response.body.count == 8 << 20)
      #expect(try JSONDocument(parsing: response.body).root["code"]?.string == "00")
    }
  }

  @Test func `an endless body outgrows any limit`() async throws {
    try await with(FaultRule(.endlessBody)) { bench, _, request in
      let error = try await FaultTests.failure(bench, request, most: 4 << 20)
      #expect(error?.code == .bodyTooLarge)
      #expect(error?.partial.status == 200)
    }
  }

  @Test func `entities are nested to gigabytes`() async throws {
    try await with(FaultRule(.billionLaughs)) { bench, _, request in
      let text = String(decoding: try await bench.send(request).body, as: UTF8.self)
      #expect(text.contains("<!ENTITY a9") && text.utf8.count < 2_000)
    }
  }

  @Test func `a document breaks off in a whole message`() async throws {
    try await with(FaultRule(.truncatedDocument)) { bench, _, request in
      let response = try await bench.send(request)
      #expect(response.framing == .contentLength && !response.body.isEmpty)
      #expect(throws: DocumentError.self) { try JSONDocument(parsing: response.body) }
    }
  }

  @Test func `a body trickles`() async throws {
    try await with(FaultRule(.slowDrip(bytesPerSecond: 200))) { bench, _, request in
      var request = request
      request.timeouts = Timeouts(connect: .seconds(5), idle: .seconds(5), total: .milliseconds(600))
      do {
        _ = try await bench.client.send(request)
        Issue.record("the body arrived whole")
      } catch let error as TransportError {
        #expect(error.code.isTimeout)
        #expect((20..<200).contains(error.partial.body.count))
      }
    }
  }

  @Test func `503 names a time`() async throws {
    try await with(FaultRule(.unavailable(retryAfter: 7))) { bench, _, request in
      let response = try await bench.send(request)
      #expect(response.status == 503)
      #expect(response.headers.contains { $0.name.lowercased() == "retry-after" && $0.value == "7" })
    }
  }

  @Test func `platforms whose keys do not expire refuse the signature`() async throws {
    try await Bench.run { bench in
      bench.sandbox.faults.add(FaultRule(.expiredToken))
      let investment = try InvestmentCaller(bench)
      #expect(try await investment.call(investment.projects(#","limit":5"#))["code"]?.string == "1001")
      let realEstate = try RealEstateCaller(bench)
      let reply = try await realEstate.call(realEstate.request(realEstate.message()))
      #expect(reply.element("ResponseCode") == "1001")
      let national = try NationalCaller(bench)
      let page = national.page("proofServiceId", #"{"pageNum":1,"pageSize":1}"#)
      #expect(try await national.call(page)["code"]?.string == "E-106")
    }
  }
}
