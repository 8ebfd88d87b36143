import HTTPTransport
import Synchronization
import Testing

/// Servers that break off, talk nonsense or never stop. Each failure has its code and carries what had arrived.
@Suite struct FailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let reply: String
    var resets = false
    var code: TransportError.Code
    var status: Int?
    var body = ""

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "half a body", reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: 1\r\n\r\nhalf",
      code: .partialBody,
      status: 200, body: "half"),
    Case(
      name: "no body at all", reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", code: .partialBody,
      status: 200),
    Case(
      name: "half a chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      code: .partialBody,
      status: 200, body: "ab"),
    Case(
      name: "no last chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
      code: .partialBody, status: 200, body: "ab"),
    Case(
      name: "bad chunk size", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
      code: .malformedResponse, status: 200),
    Case(
      name: "endless chunk size",
      reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffffffff\r\nab\r\n",
      code: .malformedResponse, status: 200),
    Case(
      name: "chunk longer than its size",
      reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
      code: .malformedResponse, status: 200, body: "ab"),
    Case(name: "nothing", reply: "", code: .closedWithoutReply),
    Case(name: "reset before a reply", reply: "", resets: true, code: .reset),
    Case(
      name: "reset in the body", reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", resets: true,
      code: .reset,
      status: 200, body: "half"),
    Case(name: "not HTTP", reply: "220 mail.example.com ESMTP\r\n\r\n", code: .malformedResponse),
    Case(name: "HTTP/0.9", reply: "<html>hello</html>", code: .malformedResponse),
    Case(name: "no status", reply: "HTTP/1.1 OK\r\n\r\n", code: .malformedResponse),
    Case(name: "status out of range", reply: "HTTP/1.1 99999 OK\r\n\r\n", code: .malformedResponse),
    Case(name: "unknown version", reply: "HTTP/9.7 200 OK\r\n\r\n", code: .malformedResponse),
    Case(
      name: "header without a colon", reply: "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n",
      code: .malformedResponse, status: 200),
    Case(
      name: "two lengths", reply: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
      code: .malformedResponse, status: 200),
    Case(
      name: "a negative length", reply: "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nabcd",
      code: .malformedResponse,
      status: 200),
    Case(
      name: "a length of words", reply: "HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\nabcd",
      code: .malformedResponse, status: 200),
    Case(
      name: "a length beyond numbers",
      reply: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabcd",
      code: .malformedResponse,
      status: 200),
    Case(name: "half a head", reply: "HTTP/1.1 200 OK\r\nX-A: 1", code: .partialBody, status: 200),
    Case(
      name: "damaged gzip",
      reply: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", code: .badEncoding,
      status: 200),
    Case(
      name: "unknown compression",
      reply: "HTTP/1.1 200 OK\r\nContent-Encoding: sdch\r\nContent-Length: 4\r\n\r\nabcd", code: .badEncoding,
      status: 200),
  ]

  @Test(arguments: cases) func aBrokenReply(_ broken: Case) async throws {
    let error = try await withServer({ connection in
      _ = connection.readRequest()
      connection.write(broken.reply)
      if broken.resets {
        // The reply must be read before the reset overtakes it.
        if !broken.reply.isEmpty { connection.drainSendBuffer() }
        connection.resetOnClose()
      }
    }) { server in
      try await withClient {
        try await $0.failure(of: HTTPRequest(method: "POST", url: server.url + "/p?id=330100", body: [1]))
      }
    }
    #expect(error.code == broken.code, "\(error.debugDescription)")
    #expect(error.partial.status == broken.status)
    #expect(String(decoding: error.partial.body, as: UTF8.self) == broken.body)
    #expect(error.requestBytesSent && error.requestComplete && error.attempts == 1)
    #expect(!error.description.contains("330100") && !error.remedy.isEmpty)
    #expect(error.origin?.hasPrefix("http://127.0.0.1:") == true)
    #expect(error.timings?.sent != nil)
  }

  @Test func nobodyListens() async throws {
    // Bound and closed again: nobody else takes the port while the test runs, as ports are given out in turn.
    let server = RawServer { _ in }
    server.stop()
    let error = try await withClient { try await $0.failure(of: HTTPRequest(url: server.url)) }
    #expect(error.code == .connect)
    #expect(!error.requestBytesSent && error.attempts == 0 && error.timings?.connected == nil)
  }

  @Test func aNameThatDoesNotExist() async throws {
    let error = try await withClient {
      try await $0.failure(of: HTTPRequest(url: "http://no-such-host.invalid/"))
    }
    #expect(error.code == .resolve)
    #expect(!error.requestBytesSent)
  }

  /// The server refuses early and does not read on: its reply is what counts.
  @Test func anEarlyReplyToALargeUpload() async throws {
    let response = try await withServer({ connection in
      _ = connection.read()
      connection.reply("too large", status: "413 Content Too Large", headers: ["Connection: close"])
      connection.waitForClose()
    }) { server in
      try await withClient {
        try await $0.send(
          HTTPRequest(method: "POST", url: server.url, body: [UInt8](repeating: 7, count: 50_000_000)))
      }
    }
    #expect(response.status == 413)
    #expect(response.text == "too large")
    #expect(!response.requestComplete)
  }

  @Test func aServerThatStopsReadingAnUpload() async throws {
    let error = try await withServer({ connection in
      _ = connection.read()
      connection.resetOnClose()
    }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(method: "POST", url: server.url, body: [UInt8](repeating: 7, count: 50_000_000)))
      }
    }
    #expect(error.code == .reset)
    #expect(error.requestBytesSent && !error.requestComplete)
  }
}

/// A kept connection the server closes at the very moment it is used again.
@Suite struct StaleConnectionTests {
  /// Answers the first request of the first connection, closes on the second; answers everything after that.
  private func exchange(
    _ second: @escaping @Sendable (String) -> HTTPRequest
  ) async throws -> (result: Result<HTTPResponse, TransportError>, heads: [String]) {
    let heads = Mutex<[String]>([])
    let result = try await withServer({ connection in
      while let (head, _) = connection.readRequest() {
        let count = heads.withLock {
          $0.append(head)
          return $0.count
        }
        if count == 2 { return }
        connection.reply("\(count)")
      }
    }) { server in
      try await withClient { client -> Result<HTTPResponse, TransportError> in
        let answer1 = try await client.send(HTTPRequest(url: server.url)).text
        #expect(answer1 == "1")
        do throws(TransportError) { return .success(try await client.send(second(server.url))) } catch {
          return .failure(error)
        }
      }
    }
    return (result, heads.withLock { $0 })
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"]) func whatChangesIsNeverSentTwice(method: String)
    async throws
  {
    let (result, heads) = try await exchange { HTTPRequest(method: method, url: $0, body: Array("pay".utf8)) }
    guard case .failure(let error) = result else {
      Issue.record("the request was repeated")
      return
    }
    #expect(error.code == .closedWithoutReply)
    #expect(error.requestBytesSent && error.attempts == 1)
    #expect(heads.count == 2)
  }

  @Test func aSafeMethodIsRepeatedVisibly() async throws {
    let (result, heads) = try await exchange { HTTPRequest(url: $0) }
    let response = try result.get()
    #expect(response.text == "3")
    #expect(response.attempts == 2)
    #expect(heads.count == 3)
  }

  @Test func aSafeMethodIsNotRepeatedWhenToldSo() async throws {
    let (result, heads) = try await exchange { HTTPRequest(url: $0, staleConnectionRule: .neverRepeat) }
    #expect(throws: TransportError.self) { try result.get() }
    #expect(heads.count == 2)
  }

  @Test func aQueryByPostIsRepeatedWhenToldSo() async throws {
    let (result, heads) = try await exchange {
      HTTPRequest(method: "POST", url: $0, body: Array("query".utf8), staleConnectionRule: .alwaysRepeat)
    }
    let response = try result.get()
    #expect(response.text == "3" && response.attempts == 2)
    #expect(heads.count == 3 && heads[2].hasPrefix("POST"))
  }

  /// Closed before the next use, which is the usual case: nothing was written, so every method goes on.
  @Test func aConnectionKnownToBeClosedIsNotUsed() async throws {
    let closed = AsyncStream<Void>.makeStream()
    try await withServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.reply("\(connection.index)")
      if connection.index == 0 {
        connection.closeSending()
        closed.continuation.yield()
      }
      connection.waitForClose()
    }) { server in
      try await withClient { client in
        let answer2 = try await client.send(HTTPRequest(url: server.url)).text
        #expect(answer2 == "0")
        for await _ in closed.stream { break }
        let response = try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1]))
        #expect(response.text == "1" && response.attempts == 1 && !response.connectionReused)
      }
    }
  }
}
