import HTTPTransport
import Synchronization
import Testing

/// Replies that are too large or never end, and calls that take too long.
@Suite struct LimitTests {
  @Test func anAnnouncedLengthIsRefusedAtOnce() async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
      connection.waitForClose()
    }) { server in
      try await withClient { try await $0.failure(of: HTTPRequest(url: server.url, maxResponseBytes: 1000)) }
    }
    #expect(error.code == .bodyTooLarge)
    #expect(error.partial.status == 200 && error.partial.headers["Content-Length"] == "1001")
  }

  @Test(arguments: [true, false]) func anEndlessBodyIsCutOff(chunked: Bool) async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\n" + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"))
      let part = [UInt8](repeating: 0x61, count: 4096)
      while connection.write(chunked ? Array("1000\r\n".utf8) + part + [0x0D, 0x0A] : part) {}
    }) { server in
      try await withClient {
        try await $0.failure(of: HTTPRequest(url: server.url, maxResponseBytes: 1_000_000))
      }
    }
    #expect(error.code == .bodyTooLarge)
    #expect(error.partial.body.count == 1_000_000)
  }

  @Test func aBodyOfExactlyTheLimitIsTaken() async throws {
    let response = try await withServer({ connection in
      _ = connection.readRequest()
      connection.reply([UInt8](repeating: 1, count: 1000))
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url, maxResponseBytes: 1000)) }
    }
    #expect(response.body.count == 1000)
  }

  enum HeadFlood: String, CaseIterable, Sendable {
    case lines, oneLine, interim, statusLine, trailers
  }

  @Test(arguments: HeadFlood.allCases) func endlessHeadsAreCutOff(flood: HeadFlood) async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      switch flood {
      case .lines:
        connection.write("HTTP/1.1 200 OK\r\n")
        while connection.write(String(repeating: "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", count: 100)) {}
      case .oneLine:
        connection.write("HTTP/1.1 200 OK\r\nX-Flood: ")
        while connection.write(String(repeating: "a", count: 4096)) {}
      case .interim:
        while connection.write(String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", count: 50))
        {}
      case .statusLine:
        connection.write("HTTP/1.1 200 ")
        while connection.write(String(repeating: "a", count: 4096)) {}
      case .trailers:
        connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
        while connection.write(String(repeating: "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", count: 100)) {}
      }
    }) { server in
      try await withClient { try await $0.failure(of: HTTPRequest(url: server.url)) }
    }
    #expect(error.code == .headersTooLarge, "\(error.debugDescription)")
    #expect(error.partial.headers.count <= 500)
  }

  @Test func aHundredThousandHeadersAreTooMany() async throws {
    let head =
      "HTTP/1.1 200 OK\r\n" + (0..<100_000).map { "a\($0): b\r\n" }.joined() + "Content-Length: 0\r\n\r\n"
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write(head)
      connection.waitForClose()
    }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(url: server.url, maxHeaderBytes: 100 << 20, maxHeaderCount: 1000))
      }
    }
    #expect(error.code == .headersTooLarge)
  }

  @Test func headerLimitsCanBeRaised() async throws {
    let head =
      "HTTP/1.1 200 OK\r\n" + (0..<900).map { "a\($0): b\r\n" }.joined() + "Content-Length: 0\r\n\r\n"
    let response = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write(head)
      connection.waitForClose()
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url, maxHeaderCount: 1000)) }
    }
    #expect(response.headers.count == 901)
  }

  @Test func silenceEndsACall() async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      connection.waitForClose()
    }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(method: "POST", url: server.url, timeouts: Timeouts(idle: .milliseconds(500))))
      }
    }
    #expect(error.code == .timeoutIdle && error.code.isTimeout)
    #expect(error.requestBytesSent && error.requestComplete)
    #expect(error.partial.status == 200 && error.partial.body == Array("abc".utf8))
    let took = try #require(error.timings).done
    #expect(took >= .milliseconds(500) && took < .seconds(9))
  }

  @Test func silenceBeforeTheFirstByteEndsACall() async throws {
    let error = try await withServer({ $0.waitForClose() }) { server in
      try await withClient {
        try await $0.failure(of: HTTPRequest(url: server.url, timeouts: Timeouts(idle: .milliseconds(100))))
      }
    }
    #expect(error.code == .timeoutIdle)
    #expect(error.partial.isEmpty && error.timings?.firstByte == nil && error.timings?.connected != nil)
  }

  /// One byte now and then is never silent for long; only the whole time ends it.
  @Test func aSlowDripEndsByTheTotal() async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
      while connection.write("a") { pause(milliseconds: 10) }
    }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(
            url: server.url, timeouts: Timeouts(idle: .milliseconds(150), total: .milliseconds(400))))
      }
    }
    #expect(error.code == .timeoutTotal)
    #expect(error.partial.body.count > 5)
  }

  /// A server that reads slowly keeps an upload alive, byte by byte.
  @Test func aSlowUploadIsNotSilent() async throws {
    let response = try await withServer({ connection in
      var received = 0
      while received < 40_000_000 {
        let part = connection.read(100_000)
        if part.isEmpty { return }
        received += part.count
        pause(milliseconds: 4)
      }
      connection.reply("slow")
      connection.waitForClose()
    }) { server in
      try await withClient {
        try await $0.send(
          HTTPRequest(
            method: "POST", url: server.url, body: [UInt8](repeating: 1, count: 40_000_000),
            timeouts: Timeouts(idle: .seconds(1), total: .seconds(60))))
      }
    }
    #expect(response.text == "slow")
    #expect(response.timings.done > .seconds(1))
  }

  @Test func aServerThatStopsReadingTimesOut() async throws {
    let release = Mutex(false)
    let error = try await withServer({ connection in
      _ = connection.read(10)
      while !release.withLock({ $0 }) { pause(milliseconds: 5) }
    }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(
            method: "POST", url: server.url, body: [UInt8](repeating: 1, count: 50_000_000),
            timeouts: Timeouts(idle: .milliseconds(150))))
      }
    }
    release.withLock { $0 = true }
    #expect(error.code == .timeoutIdle)
    #expect(error.requestBytesSent && !error.requestComplete)
  }

  @Test func theDeadlineEndsACall() async throws {
    let error = try await withServer({ $0.waitForClose() }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(
            url: server.url, timeouts: Timeouts(deadline: .now.advanced(by: .milliseconds(80)))))
      }
    }
    #expect(error.code == .timeoutDeadline)
  }

  @Test func theDeadlineEndsTheWaitInLine() async throws {
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient(maxConnectionsPerHost: 1) { client in
        async let first = client.failure(of: HTTPRequest(url: server.url))
        try await until { client.statistics.active == 1 }
        let error = try await client.failure(
          of: HTTPRequest(url: server.url, timeouts: Timeouts(deadline: .now.advanced(by: .milliseconds(50))))
        )
        #expect(error.code == .timeoutDeadline)
        #expect(error.attempts == 0 && error.timings?.started == nil)
        #expect(server.accepted == 1)
        await client.shutdown(.abort)
        let answer1 = try await first.code
        #expect(answer1 == .shutDown)
      }
    }
  }

  @Test func aDeadlineInThePastEndsAtOnce() async throws {
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient { client in
        let past = Timeouts(deadline: .now.advanced(by: .seconds(-1)))
        let error = try await client.failure(of: HTTPRequest(url: server.url, timeouts: past))
        #expect(error.code == .timeoutDeadline)
      }
    }
  }

  /// A listener whose line is full lets connections hang without an answer.
  @Test func connectingThatHangsTimesOut() async throws {
    let listener = FullListener()
    defer { listener.stop() }
    let error = try await withClient {
      try await $0.failure(
        of: HTTPRequest(method: "POST", url: listener.url, timeouts: Timeouts(connect: .milliseconds(150))))
    }
    #expect(error.code == .timeoutConnect, "\(error.debugDescription)")
    #expect(!error.requestBytesSent && error.attempts == 0)
  }
}
