import HTTPService
import Synchronization
import TestSupport
import Testing

/// Requests and responses over a real socket.
@Suite struct ServingTests {
  @Test func answersAndKeepsTheConnection() async throws {
    try await withServer { request in
      .text(
        "\(request.method) \(request.path) \(request.query) \(request.headers["x-a"] ?? "-") \(request.body.count)"
      )
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        for index in 0..<3 {
          client.send("POST /p\(index)?q=1 HTTP/1.1\r\nHost: a\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc")
          let response = try #require(try client.readResponse())
          #expect(response.status == 200)
          #expect(response.text == "POST /p\(index) q=1 b 3")
          #expect(response.headers["Date"]?.hasSuffix(" GMT") == true)
          #expect(response.headers["Connection"] == nil)
        }
      }
      #expect(server.statistics.acceptedConnections == 1)
      #expect(server.statistics.requests == 3)
    }
  }

  @Test func tellsWhereTheRequestComesFrom() async throws {
    try await withServer { request in
      .text("\(request.remoteAddress) \(request.remotePort > 0) \(request.isSecure)")
    } body: { server in
      let port = server.port
      let text = try await onThread { try ServingTests.get(port).text }
      #expect(text == "127.0.0.1 true false")
    }
  }

  /// Every refusal is answered with its status, ends the connection, and no handler sees it.
  @Test func refusesSmuggling() async throws {
    let handled = Mutex<[String]>([])
    try await withServer { request in
      handled.withLock { $0.append(request.path) }
      return .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        for request in RefusedRequest.table {
          let client = RawClient(port: port)
          client.send(request.bytes + Array("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
          let response = try #require(try client.readResponse(), "\(request.name)")
          #expect(response.status == request.status, "\(request.name)")
          #expect(response.headers["Connection"] == "close")
          #expect(response.headers["Content-Type"] == "application/problem+json")
          client.closeSendingSide()
          #expect(try client.readToEnd() == .orderly, "\(request.name)")
          #expect(client.received.isEmpty, "\(request.name)")
        }
      }
    }
    #expect(handled.withLock { $0 } == [])
  }

  @Test func answersPipelinedRequestsInOrder() async throws {
    try await withServer { request in
      // The first is the slowest to answer.
      for _ in 0..<(request.path == "/0" ? 200 : 0) { await Task.yield() }
      return .text(request.path + String(decoding: request.body, as: UTF8.self))
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        let count = 300
        let requests = (0..<count).map { "PUT /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" }
        client.send(requests.joined() + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        for index in 0..<count {
          #expect(try client.readResponse()?.text == "/\(index)body")
        }
        #expect(try client.readResponse()?.text == "/last")
        #expect(try client.readToEnd() == .orderly)
      }
    }
  }

  @Test func answersHeadWithoutBody() async throws {
    try await withServer { request in
      request.path == "/stream"
        ? HTTPServerResponse(body: .stream { _ in Issue.record("HEAD runs no stream") })
        : .text("four")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        let response = try #require(try client.readResponse(hasBody: false))
        #expect(response.headers["Content-Length"] == "4")
        #expect(try client.readResponse(hasBody: false)?.status == 200)
        // Nothing but the next response may follow.
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readResponse()?.text == "four")
        // A refusal after HEAD has its body: the method of the bad request is not known.
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n")
        _ = try client.readResponse(hasBody: false)
        #expect(try client.readResponse()?.text.contains("http.request-line") == true)
      }
    }
  }

  @Test func continuesWhenAsked() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.bodyBytes = 10
    try await withServer(configuration) {
      .text("\($0.body.count)")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
        client.send(head + "Content-Length: 4\r\n\r\n")
        #expect(try client.readUntil("HTTP/1.1 100 Continue\r\n\r\n"))
        _ = try client.readResponse()
        client.send("body")
        #expect(try client.readResponse()?.text == "4")
        // Too much is refused before it is sent.
        client.send(head + "Content-Length: 11\r\n\r\n")
        #expect(try client.readResponse()?.status == 413)
      }
    }
  }

  /// The answer must arrive although the client is still sending.
  @Test func refusesOversizedBodiesReadably() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.bodyBytes = 1000
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        for coding in ["Content-Length: 3000000", "Transfer-Encoding: chunked"] {
          let client = RawClient(port: port)
          client.send("POST / HTTP/1.1\r\nHost: a\r\n\(coding)\r\n\r\n2dc6c0\r\n")
          client.send([UInt8](repeating: 0x61, count: 3_000_000))
          #expect(try client.readResponse()?.status == 413)
        }
      }
    }
  }

  @Test func refusesWhatExceedsTheBodyBudget() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.bufferedBodyBytes = 5000
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let first = RawClient(port: port)
        first.send(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4001\r\n\r\n" + String(repeating: "x", count: 4000))
        let second = RawClient(port: port)
        second.send(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5002\r\n\r\n" + String(repeating: "x", count: 5001))
        let refused = try #require(try second.readResponse())
        #expect(refused.status == 503)
        #expect(refused.headers["Retry-After"] == "1")
        first.send("x")
        #expect(try first.readResponse()?.status == 200)
      }
    }
  }

  @Test func answersHalfClosedClients() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.deadlines.halfClose = .seconds(20)
    try await withServer(configuration) { request in
      for _ in 0..<100 { await Task.yield() }
      return .text(String(decoding: request.body, as: UTF8.self))
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send(
          "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ndef"
        )
        client.closeSendingSide()
        #expect(try client.readResponse()?.text == "abc")
        #expect(try client.readResponse()?.text == "def")
        #expect(try client.readToEnd() == .orderly)
      }
    }
  }

  @Test func servesTwoHundredConnectionsAtOnce() async throws {
    let waiting = Mutex<(count: Int, waiters: [CheckedContinuation<Void, Never>])>((0, []))
    try await withServer { request in
      // Nobody is answered before all are here.
      await withCheckedContinuation { continuation in
        let all = waiting.withLock { state -> [CheckedContinuation<Void, Never>] in
          state.count += 1
          state.waiters.append(continuation)
          return state.count == 200 ? state.waiters : []
        }
        for waiter in all { waiter.resume() }
      }
      return .text(request.path)
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let clients = (0..<200).map { _ in RawClient(port: port) }
        for (index, client) in clients.enumerated() {
          client.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        for (index, client) in clients.enumerated() {
          #expect(try client.readResponse()?.text == "/\(index)")
        }
      }
    }
  }

  @Test func limitsConnections() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.connections = 2
    let started = Signal<Bool>()
    let go = Signal<Bool>()
    try await withServer(configuration) { request in
      if request.path == "/wait" {
        started.set(true)
        _ = await go.wait()
      }
      return .text(request.path)
    } body: { server in
      let port = server.port
      let busy = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      try await onThread { () throws -> Void in
        // The idle one gives way to the newcomer, the busy one does not.
        let idle = RawClient(port: port)
        idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try idle.readResponse()?.text == "/a")
        let newcomer = RawClient(port: port)
        #expect(try idle.readToEnd() == .orderly)
        newcomer.send("GET /wait HTTP/1.1\r\nHost: a\r\n")
        while server.statistics.openConnections != 2 { _ = newcomer.waitReadable(milliseconds: 5) }
        _ = newcomer.send("X: y\r\n")
      }
      go.set(true)
      try await onThread { () throws -> Void in
        #expect(try busy.client.readResponse()?.text == "/wait")
      }
    }
  }

  @Test func refusesConnectionsWhenAllAreBusy() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.connections = 1
    let started = Signal<Bool>()
    let go = Signal<Bool>()
    try await withServer(configuration) { _ in
      started.set(true)
      _ = await go.wait()
      return .text("done")
    } body: { server in
      let port = server.port
      let busy = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      try await onThread { () throws -> Void in
        #expect(try RawClient(port: port).readResponse()?.status == 503)
      }
      go.set(true)
      try await onThread { () throws -> Void in #expect(try busy.client.readResponse()?.text == "done") }
      #expect(server.statistics.refusedConnections == 1)
    }
  }

  @Test func shedsRequestsBeyondTheQueue() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.concurrentRequests = 1
    configuration.limits.waitingRequests = 1
    let started = Signal<Bool>()
    let go = Signal<Bool>()
    try await withServer(configuration) { request in
      started.set(true)
      _ = await go.wait()
      return .text(request.path)
    } body: { server in
      let port = server.port
      let running = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      try await onThread { () throws -> Void in
        let clients = [RawClient(port: port), RawClient(port: port)]
        for client in clients { client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n") }
        // One of the two waits, the other is sent away; which, the system decides.
        while server.statistics.refusedRequests == 0 { _ = running.client.waitReadable(milliseconds: 5) }
        go.set(true)
        let statuses = try clients.map { try $0.readResponse()?.status }
        #expect(Set(statuses) == [200, 503])
        #expect(try running.client.readResponse()?.text == "/1")
      }
    }
  }

  @Test func brokenResponsesAreReportedAndAnswered() async throws {
    let problem = Signal<HTTPServiceError.Code>()
    var configuration = HTTPServerConfiguration()
    configuration.problem = { problem.set($0.code) }
    try await withServer(configuration) { request in
      HTTPServerResponse(
        headers: ["X": "a\r\nSet-Cookie: stolen=1"],
        body: request.path == "/stream" ? .stream { try await $0.write("x") } : .bytes([]))
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        for path in ["/", "/stream"] {
          let client = RawClient(port: port)
          client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
          let response = try #require(try client.readResponse())
          #expect(response.status == 500)
          #expect(response.headers["Set-Cookie"] == nil)
          #expect(response.headers["X"] == nil)
        }
      }
      #expect(await problem.wait() == .invalidResponse)
    }
  }

  @Test func sendsLargeBodiesBothWays() async throws {
    try await withServer {
      HTTPServerResponse(body: .bytes($0.body))
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        var random = SplitMix64(seed: 1)
        let body = (0..<5_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let client = RawClient(port: port)
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(body)
        #expect(try client.readResponse()?.body == body)
      }
    }
  }

  static func get(_ port: Int, _ path: String = "/") throws -> TestResponse {
    let client = RawClient(port: port)
    client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    return try #require(try client.readResponse())
  }
}
