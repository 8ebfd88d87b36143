import HTTPService
import Testing

/// Slow and silent clients. Each deadline is short, all others are long enough to fail the test.
@Suite struct DeadlineTests {
  private static func configuration(_ change: (inout HTTPServerConfiguration.Deadlines) -> Void)
    -> HTTPServerConfiguration
  {
    var configuration = HTTPServerConfiguration()
    change(&configuration.deadlines)
    return configuration
  }

  @Test func aSlowHeaderIsCutOff() async throws {
    let configuration = DeadlineTests.configuration { $0.header = .milliseconds(300) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nX: ")
        // A client that keeps sending a little does not gain time.
        var bytes = 0
        while client.send("y"), bytes < 900 {
          bytes += 1
          _ = client.waitReadable(milliseconds: 20)
          if client.hasInput { break }
        }
        #expect(try client.readResponse()?.status == 408)
        #expect(bytes < 900)
      }
    }
  }

  @Test func theHeaderDeadlineHoldsForLaterRequests() async throws {
    let configuration = DeadlineTests.configuration { $0.header = .milliseconds(300) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nG")
        #expect(try client.readResponse()?.status == 200)
        #expect(try client.readResponse()?.status == 408)
      }
    }
  }

  @Test func aSilentConnectionIsClosed() async throws {
    let configuration = DeadlineTests.configuration { $0.header = .milliseconds(200) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        #expect(try client.readToEnd() == .orderly)
        #expect(client.received.isEmpty)
      }
    }
  }

  @Test func aSlowBodyIsCutOff() async throws {
    let configuration = DeadlineTests.configuration { $0.body = .milliseconds(300) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
        var bytes = 0
        while client.send("x"), bytes < 900 {
          bytes += 1
          _ = client.waitReadable(milliseconds: 20)
          if client.hasInput { break }
        }
        #expect(try client.readResponse()?.status == 408)
        #expect(bytes < 900)
      }
    }
  }

  @Test func anIdleConnectionIsClosed() async throws {
    let configuration = DeadlineTests.configuration { $0.idle = .milliseconds(200) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readResponse()?.status == 200)
        #expect(try client.readToEnd() == .orderly)
      }
    }
  }

  @Test func aClientThatDoesNotReadIsReset() async throws {
    let configuration = DeadlineTests.configuration { $0.write = .milliseconds(300) }
    try await withServer(configuration) { _ in
      HTTPServerResponse(body: .bytes([UInt8](repeating: 1, count: 30_000_000)))
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port, receiveBuffer: 4096)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        while server.statistics.requests == 0 || server.statistics.openConnections > 0 {
          _ = client.waitReadable(milliseconds: 20)
        }
        #expect(try client.readToEnd() == .reset)
      }
    }
  }

  /// After a refusal the connection is not kept open for a client that never closes.
  @Test func lingeringEnds() async throws {
    let configuration = DeadlineTests.configuration { $0.linger = .milliseconds(200) }
    try await withServer(configuration) { _ in
      .text("")
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("bad\r\n\r\n")
        #expect(try client.readResponse()?.status == 400)
        while server.statistics.openConnections > 0 { _ = client.waitReadable(milliseconds: 5) }
      }
    }
  }
}
