import HTTPService
import Synchronization
import Testing

@Suite struct StoppingTests {
  @Test func stopLetsRequestsFinish() async throws {
    let started = Signal<Bool>()
    let go = Signal<Bool>()
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { request in
      started.set(true)
      _ = await go.wait()
      return .text(request.path)
    }
    let port = server.port
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let (busy, idle) = try await onThread { () -> (SendableClient, SendableClient) in
        let busy = RawClient(port: port)
        busy.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        return (SendableClient(busy), SendableClient(RawClient(port: port)))
      }
      _ = await started.wait()
      server.stop()
      server.stop()
      try await onThread { () throws -> Void in
        // The idle one is closed, new ones are not taken, the busy one gets its answer.
        #expect(try idle.client.readToEnd() == .orderly)
        #expect(!RawClient(port: port).isConnected)
        go.set(true)
        let response = try #require(try busy.client.readResponse())
        #expect(response.text == "/a")
        #expect(response.headers["Connection"] == "close")
        #expect(try busy.client.readToEnd() == .orderly)
        busy.client.close()
      }
      try await group.waitForAll()
    }
    #expect(server.statistics.openConnections == 0)
  }

  @Test func drainingHasADeadline() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.deadlines.drain = .milliseconds(100)
    configuration.deadlines.cancelled = .seconds(20)
    let started = Signal<Bool>()
    try await withServer(configuration) { _ in
      started.set(true)
      await untilCancelled()
      return .text("cancelled")
    } body: { server in
      let port = server.port
      let client = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      server.stop()
      // The cancelled handler may still say so.
      try await onThread { () throws -> Void in
        #expect(try client.client.readResponse()?.text == "cancelled")
        client.client.close()
      }
    }
  }

  @Test func stopEndsEventStreamsAtOnce() async throws {
    let started = Signal<Bool>()
    try await withServer { _ in
      .events { writer in
        try await writer.write(ServerSentEvent(data: "first"))
        started.set(true)
        await untilCancelled()
        try Task.checkCancellation()
      }
    } body: { server in
      let port = server.port
      let client = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try client.readUntil("first")
        return SendableClient(client)
      }
      _ = await started.wait()
      server.stop()
      try await onThread { () throws -> Void in
        #expect(try client.client.readToEnd() == .orderly)
        #expect(client.client.receivedText.hasSuffix("\r\n0\r\n\r\n"))
        client.client.close()
      }
    }
  }

  @Test func cancellationEndsAtOnce() async throws {
    let started = Signal<Bool>()
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { _ in
      started.set(true)
      await untilCancelled()
      return .text("")
    }
    let port = server.port
    let result = await withTaskGroup(of: Result<Void, any Error>.self) { group in
      group.addTask {
        do {
          return .success(try await server.run())
        } catch {
          return .failure(error)
        }
      }
      let client = try? await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      group.cancelAll()
      let result = await group.next()
      client?.client.close()
      return result
    }
    #expect(throws: CancellationError.self) { try result?.get() }
  }

  @Test func stopBeforeRunIsCarriedOut() async throws {
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("") }
    server.stop()
    try await server.run()
    await #expect(throws: HTTPServiceError.self) { try await server.run() }
  }

  /// Clients may connect as soon as the server is made.
  @Test func earlyClientsAreServed() async throws {
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("early") }
    let port = server.port
    let client = try await onThread { () -> SendableClient in
      let client = RawClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      return SendableClient(client)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      try await onThread { () throws -> Void in
        #expect(try client.client.readResponse()?.text == "early")
        client.client.close()
      }
      server.stop()
      try await group.waitForAll()
    }
  }

  @Test func bindingFailsWithARemedy() throws {
    let first = try HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("") }
    for (host, port) in [
      ("127.0.0.1", first.port), ("203.0.113.1", 0), ("no such host", 0), ("127.0.0.1", 70000),
    ] {
      let error = #expect(throws: HTTPServiceError.self) {
        try HTTPServer(configuration: HTTPServerConfiguration(host: host, port: port)) { _ in .text("") }
      }
      #expect(error?.code == .bind)
      #expect(error?.message.contains(": ") == true)
    }
  }

  @Test func listensOnBothFamilies() async throws {
    try await withServer(HTTPServerConfiguration(host: "::")) {
      .text($0.remoteAddress)
    } body: { server in
      let port = server.port
      let text = try await onThread { try ServingTests.get(port).text }
      #expect(text == "127.0.0.1")
    }
  }

  /// In a process of its own, where nothing else opens descriptors or threads.
  @Test func startingAndStoppingLeaksNothing() async {
    await #expect(processExitsWith: .success) {
      func once() async throws {
        try await withServer { _ in
          .text("")
        } body: { server in
          let port = server.port
          try await onThread { () throws -> Void in
            let clients = (0..<3).map { _ in RawClient(port: port) }
            clients[0].send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try clients[0].readResponse()
            clients[1].send("bad\r\n\r\n")
            clients[2].send("GET / HT")
          }
        }
      }
      // What the first start and the first sleep open for good belongs to the runtime, and the last thread may still be on its way out.
      try await once()
      try await Task.sleep(for: .milliseconds(500))
      let before = Descriptors.count()
      for _ in 0..<50 { try await once() }
      for _ in 0..<1000 where Descriptors.count() > before { try await Task.sleep(for: .milliseconds(10)) }
      let after = Descriptors.count()
      precondition(before > 0 && after <= before, "\(after - before) descriptors leaked")
    }
  }
}
