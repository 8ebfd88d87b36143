import HTTPService
import Synchronization
import Testing

/// Bodies written piece by piece, and clients that go away.
@Suite struct StreamTests {
  @Test func sendsChunks() async throws {
    try await withServer { request in
      HTTPServerResponse(
        body: .stream { writer in
          try await writer.write("hello ")
          try await writer.write([])
          try await writer.write(request.path)
        })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send(
          "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.readToEnd() == .orderly)
        let bodies = client.receivedText.components(separatedBy: "\r\n\r\n")
        #expect(
          client.receivedText.contains(
            "Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n2\r\n/a\r\n0\r\n\r\nHTTP/1.1 200"))
        #expect(client.receivedText.hasSuffix("\r\n\r\n6\r\nhello \r\n2\r\n/b\r\n0\r\n\r\n"))
        #expect(bodies.count == 5)
      }
    }
  }

  @Test func oldClientsGetTheStreamUpToTheClose() async throws {
    try await withServer { _ in
      HTTPServerResponse(body: .stream { try await $0.write("body") })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try client.readToEnd() == .orderly)
        #expect(client.receivedText.hasSuffix("Connection: close\r\n\r\nbody"))
      }
    }
  }

  @Test func sendsDeclaredLengths() async throws {
    try await withServer { _ in
      HTTPServerResponse(
        headers: ["Content-Length": "10"],
        body: .stream { writer in
          try await writer.write("12345")
          try await writer.write("67890")
        })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        for _ in 0..<2 {
          client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
          #expect(try client.readResponse()?.text == "1234567890")
        }
      }
    }
  }

  /// A half body: the declared length does not come, and the way it ends tells how.
  @Test(arguments: [(true, RawClient.End.reset), (false, .orderly)])
  func halfBodies(throwing: Bool, end: RawClient.End) async throws {
    struct Fault: Error {}
    try await withServer { _ in
      HTTPServerResponse(
        headers: ["Content-Length": "1000000"],
        body: .stream { writer in
          try await writer.write(String(repeating: "x", count: 400_000))
          if throwing { throw Fault() }
        })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readToEnd() == end)
        #expect(client.receivedText.contains("Content-Length: 1000000\r\n"))
        #expect(client.received.count > 1000 && client.received.count < 401_000)
      }
      #expect(server.statistics.abortedResponses == 1)
    }
  }

  @Test func aBrokenChunkedStreamIsReset() async throws {
    struct Fault: Error {}
    try await withServer { _ in
      HTTPServerResponse(
        body: .stream { writer in
          try await writer.write("x")
          throw Fault()
        })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readToEnd() == .reset)
        #expect(!client.receivedText.hasSuffix("0\r\n\r\n"))
      }
    }
  }

  @Test func abortIsAReset() async throws {
    try await withServer { _ in
      .abort
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readToEnd() == .reset)
        #expect(client.received.isEmpty)
      }
    }
  }

  @Test func moreThanDeclaredIsRefused() async throws {
    let failure = Signal<HTTPServiceError.Code?>()
    try await withServer { _ in
      HTTPServerResponse(
        headers: ["Content-Length": "4"],
        body: .stream { writer in
          try await writer.write("body")
          do {
            try await writer.write("!")
            failure.set(nil)
          } catch {
            failure.set((error as? HTTPServiceError)?.code)
          }
        })
    } body: { server in
      let port = server.port
      let text = try await onThread { try ServingTests.get(port).text }
      #expect(text == "body")
      #expect(await failure.wait() == .bodyTooLong)
    }
  }

  /// A client that reads slowly holds the writer up instead of filling our memory.
  @Test func writersWaitForTheClient() async throws {
    let written = Mutex(0)
    let total = 64 * 1024 * 1024
    let stalled = Signal<Bool>()
    var configuration = HTTPServerConfiguration()
    configuration.limits.streamBufferBytes = 128 * 1024
    try await withServer(configuration) { _ in
      HTTPServerResponse(
        headers: ["Content-Length": "\(total)"],
        body: .stream { writer in
          let piece = [UInt8](repeating: 0x61, count: 65536)
          for _ in 0..<(total / piece.count) {
            try await writer.write(piece)
            written.withLock { $0 += piece.count }
          }
          stalled.set(true)
        })
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port, receiveBuffer: 65536)
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.readUntil("\r\n\r\n"))
        // Until nothing moves any more.
        var before = -1
        while written.withLock({ $0 }) != before {
          before = written.withLock { $0 }
          RawClient.pause(milliseconds: 100)
        }
        // What the two sockets hold and our own buffer, far from everything.
        #expect(before < total / 4)
        #expect(try client.readToEnd() == .orderly)
        #expect(client.received.count > total)
      }
      #expect(await stalled.wait())
    }
  }

  @Test func eventsArriveOneByOne() async throws {
    let next = Mutex<[Signal<Bool>]>((0..<3).map { _ in Signal<Bool>() })
    let signals = next.withLock { $0 }
    try await withServer { _ in
      .events { writer in
        for (index, signal) in signals.enumerated() {
          _ = await signal.wait()
          try await writer.write(ServerSentEvent(data: "event \(index)", id: "\(index)"))
        }
      }
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        // The header comes before there is any event.
        #expect(try client.readUntil("text/event-stream"))
        for (index, signal) in signals.enumerated() {
          signal.set(true)
          #expect(try client.readUntil("id: \(index)\ndata: event \(index)\n\n"))
        }
        #expect(try client.readUntil("0\r\n\r\n"))
      }
    }
  }

  /// However a client goes away, its handler is cancelled.
  @Test(arguments: [false, true])
  func goingAwayCancelsTheHandler(byReset: Bool) async throws {
    var configuration = HTTPServerConfiguration()
    configuration.deadlines.halfClose = .milliseconds(50)
    configuration.limits.concurrentRequests = 1
    let started = Signal<Bool>()
    let cancelled = Signal<Bool>()
    try await withServer(configuration) { request in
      guard request.path == "/wait" else { return .text("next") }
      started.set(true)
      await untilCancelled()
      cancelled.set(Task.isCancelled)
      return .text("late")
    } body: { server in
      let port = server.port
      let client = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      if byReset { client.client.closeWithReset() } else { client.client.close() }
      #expect(await cancelled.wait())
      // The cancelled task is replaced: the only place for a handler is free again.
      let text = try await onThread { try ServingTests.get(port).text }
      #expect(text == "next")
    }
  }

  @Test func goingAwayEndsTheStream() async throws {
    let outcome = Signal<HTTPServiceError.Code?>()
    try await withServer { _ in
      .events { writer in
        do {
          while true {
            try await writer.write(ServerSentEvent.heartbeat)
            await Task.yield()
          }
        } catch is CancellationError {
          outcome.set(nil)
          throw CancellationError()
        } catch {
          outcome.set((error as? HTTPServiceError)?.code)
          throw error
        }
      }
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readUntil(":\n\n"))
        client.close()
      }
      let code = await outcome.wait()
      #expect(code == nil || code == .disconnected)
    }
  }

  /// A request that waits for a handler when its client leaves is not handled at all.
  @Test func goingAwayBeforeTheHandlerBegins() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.limits.concurrentRequests = 1
    configuration.deadlines.halfClose = .milliseconds(0)
    let started = Signal<Bool>()
    let go = Signal<Bool>()
    let handled = Mutex<[String]>([])
    try await withServer(configuration) { request in
      handled.withLock { $0.append(request.path) }
      if request.path == "/1" {
        started.set(true)
        _ = await go.wait()
      }
      return .text("")
    } body: { server in
      let port = server.port
      let running = try await onThread { () -> SendableClient in
        let client = RawClient(port: port)
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        return SendableClient(client)
      }
      _ = await started.wait()
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        while server.statistics.requests < 2 { RawClient.pause(milliseconds: 5) }
        client.closeWithReset()
        while server.statistics.openConnections > 1 { RawClient.pause(milliseconds: 5) }
        go.set(true)
        #expect(try running.client.readResponse()?.status == 200)
        #expect(try ServingTests.get(port, "/3").status == 200)
      }
    }
    #expect(handled.withLock { $0 } == ["/1", "/3"])
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
