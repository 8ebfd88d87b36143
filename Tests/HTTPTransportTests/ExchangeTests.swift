import HTTPTransport
import Synchronization
import Testing

/// What goes out and what comes back when nothing goes wrong.
@Suite struct ExchangeTests {
  /// Replies with the request head and body it received.
  static let echo: RawServer.Script = { connection in
    while let (head, body) = connection.readRequest() {
      guard connection.reply(Array(head.utf8) + body) else { return }
    }
  }

  @Test func aGetHasNoBodyAndAsksForCompression() async throws {
    let head = try await withServer(Self.echo) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url + "/a/../b?q=%20&x=1#part")).text }
    }
    #expect(head.hasPrefix("GET /a/../b?q=%20&x=1 HTTP/1.1\r\n"))
    #expect(head.contains("Accept-Encoding: gzip, deflate\r\n"))
    #expect(head.contains("User-Agent: zhengdian\r\n"))
    #expect(!head.lowercased().contains("content-length"))
    #expect(!head.lowercased().contains("content-type"))
  }

  @Test func headersGoOutAsWritten() async throws {
    let request = { (url: String) in
      HTTPRequest(
        method: "POST", url: url,
        headers: [
          HTTPHeader("gjgxjhpt_rid", "R1"), HTTPHeader("X-Empty", ""), HTTPHeader("X-Blank", "  \t "),
          HTTPHeader("X-Name", "办电"), HTTPHeader("X-Twice", "1"), HTTPHeader("X-Twice", "2"),
          HTTPHeader("X-Tab", "a\tb"), HTTPHeader("Content-Type", "application/json"),
        ], body: Array("{\"a\":1}".utf8))
    }
    let text = try await withServer(Self.echo) { server in
      try await withClient { try await $0.send(request(server.url)).text }
    }
    #expect(text.hasPrefix("POST / HTTP/1.1\r\n"))
    for line in [
      "gjgxjhpt_rid: R1", "X-Empty:", "X-Blank:", "X-Name: 办电", "X-Twice: 1", "X-Twice: 2", "X-Tab: a\tb",
      "Content-Type: application/json", "Content-Length: 7",
    ] {
      #expect(text.contains("\r\n\(line)\r\n"), "missing: \(line)")
    }
    #expect(!text.contains("Expect:"))
    #expect(text.hasSuffix("\r\n\r\n{\"a\":1}"))
  }

  @Test(arguments: ["POST", "PUT", "PATCH"]) func aMissingBodyIsAnEmptyBody(method: String) async throws {
    let text = try await withServer(Self.echo) { server in
      try await withClient { try await $0.send(HTTPRequest(method: method, url: server.url)).text }
    }
    #expect(text.hasPrefix("\(method) / HTTP/1.1\r\n"))
    #expect(text.contains("Content-Length: 0\r\n"))
    #expect(!text.lowercased().contains("content-type"))
  }

  @Test(arguments: ["DELETE", "OPTIONS", "PROPFIND"]) func otherMethodsGoOut(method: String) async throws {
    try await withServer(Self.echo) { server in
      try await withClient { client in
        let plain = try await client.send(HTTPRequest(method: method, url: server.url)).text
        #expect(plain.hasPrefix(method))
        let withBody = HTTPRequest(method: method, url: server.url, body: Array("x".utf8))
        let echoed = try await client.send(withBody).text
        #expect(echoed.hasSuffix("\r\n\r\nx"))
      }
    }
  }

  @Test func headHasNoBody() async throws {
    let response = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
      connection.waitForClose()
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(method: "HEAD", url: server.url)) }
    }
    #expect(response.framing == .noBody)
    #expect(response.headers["content-length"] == "999999999")
    #expect(response.body.isEmpty)
  }

  @Test func statusAndHeadersComeBackAsReceived() async throws {
    let reply =
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 503 Busy\r\nX-A:  one \r\nX-Fold: a\r\n  b\r\nx-a: two\r\n"
      + "Content-Length: 2\r\n\r\nno"
    let response = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write(Array(reply.utf8))
      connection.waitForClose()
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url)) }
    }
    #expect(response.status == 503)
    #expect(response.text == "no")
    #expect(response.headers.values(named: "X-A") == ["one", "two"])
    #expect(response.headers["X-Fold"] == "a b")
    #expect(response.headers["X-Interim"] == nil)
    #expect(response.framing == .contentLength)
  }

  @Test func headerBytesThatAreNotUTF8AreKept() async throws {
    let gbk: [UInt8] = [0xD6, 0xD0, 0xCE, 0xC4]
    let response = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write(
        Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Message: ".utf8) + gbk + Array("\r\n\r\n".utf8))
      connection.waitForClose()
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url)) }
    }
    #expect(response.headers["X-Message"]?.unicodeScalars.map { UInt8($0.value) } == gbk)
  }

  @Test func redirectsAreNotFollowed() async throws {
    let response = try await withServer({ connection in
      while connection.readRequest() != nil {
        connection.reply("", status: "302 Found", headers: ["Location: http://127.0.0.1:1/"])
      }
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(url: server.url)) }
    }
    #expect(response.status == 302)
    #expect(response.headers["location"] == "http://127.0.0.1:1/")
  }

  @Test func connectionsAreKept() async throws {
    try await withServer(Self.echo) { server in
      try await withClient { client in
        let first = try await client.send(HTTPRequest(url: server.url))
        #expect(!first.connectionReused)
        for _ in 0..<5 {
          let next = try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1]))
          #expect(next.connectionReused)
          #expect(next.attempts == 1)
        }
        #expect(server.accepted == 1)
        let fresh = try await client.send(HTTPRequest(url: server.url, reusesConnection: false))
        #expect(!fresh.connectionReused)
        #expect(server.accepted == 2)
        #expect(fresh.remoteAddress == "127.0.0.1:\(server.port)")
      }
    }
  }

  @Test func chunkedAndUntilCloseBodiesSaySo() async throws {
    try await withServer({ connection in
      _ = connection.readRequest()
      if connection.index == 0 {
        connection.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"
        )
      } else {
        connection.write("HTTP/1.0 200 OK\r\n\r\nabcde")
      }
    }) { server in
      try await withClient { client in
        let chunked = try await client.send(HTTPRequest(url: server.url, reusesConnection: false))
        #expect(chunked.text == "abcde" && chunked.framing == .chunked)
        #expect(chunked.headers["X-Trailer"] == nil)
        let closed = try await client.send(HTTPRequest(url: server.url, reusesConnection: false))
        #expect(closed.text == "abcde" && closed.framing == .untilClose)
      }
    }
  }

  @Test func aLargeUploadArrivesWhole() async throws {
    let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let received = Mutex<[UInt8]>([])
    let response = try await withServer({ connection in
      guard let request = connection.readRequest() else { return }
      received.withLock { $0 = request.body }
      connection.reply("ok")
    }) { server in
      try await withClient { try await $0.send(HTTPRequest(method: "POST", url: server.url, body: body)) }
    }
    #expect(received.withLock { $0 } == body)
    #expect(response.requestComplete)
  }

  @Test func timingsAreInOrder() async throws {
    let response = try await withServer(Self.echo) { server in
      try await withClient { try await $0.send(HTTPRequest(method: "POST", url: server.url, body: [1, 2])) }
    }
    let timings = response.timings
    let steps = [timings.started, timings.connected, timings.sent, timings.firstByte, timings.done]
      .compactMap { $0 }
    #expect(steps.count == 5)
    #expect(steps == steps.sorted())
    #expect(timings.queuedAt > 1_600_000_000_000)
    #expect(timings.unixMilliseconds(of: .seconds(2)) == timings.queuedAt + 2000)
  }
}
