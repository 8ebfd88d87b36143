import TestSupport
import Testing

@testable import HTTPService

/// The parser alone, without a socket.
@Suite struct RequestParserTests {
  struct Parsed: Equatable {
    var method: String
    var path: String
    var query: String
    var body: String
  }

  enum Outcome: Equatable {
    case refused(Int)
    case waiting
  }

  /// Feeds the bytes in pieces that end at `cuts` and returns what came out.
  static func run(
    _ bytes: [UInt8], cuts: [Int] = [], limits: HTTPServerConfiguration.Limits = .init()
  ) -> (requests: [Parsed], outcome: Outcome) {
    var parser = RequestParser(limits: limits)
    var requests: [Parsed] = []
    var input: [UInt8] = []
    var start = 0
    for cut in cuts + [bytes.count] {
      input.append(contentsOf: bytes[start..<cut])
      start = cut
      while !input.isEmpty {
        do throws(RequestRefusal) {
          let (consumed, step) = try parser.advance(input.span)
          input.removeFirst(consumed)
          if case .request(let head, let body) = step {
            let text = String(decoding: body, as: UTF8.self)
            requests.append(Parsed(method: head.method, path: head.path, query: head.query, body: text))
          }
          if case .needsMore = step { if consumed == 0 { break } }
        } catch {
          return (requests, .refused(error.status))
        }
      }
    }
    return (requests, .waiting)
  }

  @Test(arguments: RefusedRequest.table)
  func refuses(_ request: RefusedRequest) {
    let (requests, outcome) = RequestParserTests.run(request.bytes)
    #expect(requests.isEmpty)
    #expect(outcome == .refused(request.status))
  }

  /// A refusal must not depend on how the bytes happen to arrive.
  @Test(arguments: RefusedRequest.table)
  func refusesByteByByte(_ request: RefusedRequest) {
    let (requests, outcome) = RequestParserTests.run(request.bytes, cuts: Array(1..<request.bytes.count))
    #expect(requests.isEmpty)
    #expect(outcome == .refused(request.status))
  }

  static let accepted: [(String, Parsed)] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Parsed(method: "GET", path: "/", query: "", body: "")),
    ("GET / HTTP/1.0\r\n\r\n", Parsed(method: "GET", path: "/", query: "", body: "")),
    (
      "\r\nGET /a?b=c&d HTTP/1.1\r\nhOST:a:80\r\n\r\n",
      Parsed(method: "GET", path: "/a", query: "b=c&d", body: "")
    ),
    (
      "GET /%E8%AF%81?x=%zz HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      Parsed(method: "GET", path: "/%E8%AF%81", query: "x=%zz", body: "")
    ),
    (
      "GET http://a:80/p?q HTTP/1.1\r\nHost: a\r\n\r\n",
      Parsed(method: "GET", path: "/p", query: "q", body: "")
    ),
    ("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n", Parsed(method: "GET", path: "/", query: "", body: "")),
    (
      "GET /a.b/...?.. HTTP/1.1\r\nHost:\r\n\r\n",
      Parsed(method: "GET", path: "/a.b/...", query: "..", body: "")
    ),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", Parsed(method: "OPTIONS", path: "*", query: "", body: "")),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      Parsed(method: "POST", path: "/", query: "", body: "")
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  005\t\r\n\r\nhello",
      Parsed(method: "POST", path: "/", query: "", body: "hello")
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n006;x=\"y\"\r\n world\r\n0\r\n\r\n",
      Parsed(method: "POST", path: "/", query: "", body: "hello world")
    ),
    (
      "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n00;e\r\nX-T: v\r\nY: \r\n\r\n",
      Parsed(method: "PUT", path: "/x", query: "", body: "0123456789")
    ),
  ]

  @Test(arguments: accepted)
  func accepts(_ text: String, _ expected: Parsed) {
    let bytes = Array(text.utf8)
    // The same request twice in a row, whole, byte by byte, and cut in two at every place.
    let twice = bytes + bytes
    #expect(RequestParserTests.run(twice) == ([expected, expected], .waiting))
    #expect(RequestParserTests.run(twice, cuts: Array(1..<twice.count)) == ([expected, expected], .waiting))
    for cut in 1..<bytes.count {
      #expect(RequestParserTests.run(bytes, cuts: [cut]) == ([expected], .waiting))
    }
  }

  @Test func trailersAreDropped() throws {
    let text = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Role: admin\r\n\r\n"
    var parser = RequestParser(limits: .init())
    let bytes = Array(text.utf8)
    let (consumed, _) = try parser.advance(bytes.span)
    let rest = Array(bytes[consumed...])
    guard case .request(let head, _) = try parser.advance(rest.span).step else {
      Issue.record("the request is not complete")
      return
    }
    #expect(head.fields["X-Role"] == nil)
  }

  @Test func keepsConnectionsByVersionAndWord() throws {
    func keepAlive(_ version: String, _ connection: String) throws -> Bool {
      let bytes = Array("GET / HTTP/\(version)\r\nHost: a\r\n\(connection)\r\n".utf8)
      var parser = RequestParser(limits: .init())
      guard case .request(let head, _) = try parser.advance(bytes.span).step else { return false }
      return head.keepAlive
    }
    #expect(try keepAlive("1.1", ""))
    #expect(try !keepAlive("1.1", "Connection: x, CLOSE\r\n"))
    #expect(try !keepAlive("1.0", ""))
    #expect(try keepAlive("1.0", "Connection: Keep-Alive\r\n"))
    #expect(try !keepAlive("1.0", "Connection: keep-alive\r\nConnection: close\r\n"))
  }

  @Test func limitsHold() {
    var limits = HTTPServerConfiguration.Limits()
    limits.headerBytes = 200
    limits.headerFields = 3
    limits.targetBytes = 20
    limits.bodyBytes = 10
    func outcome(_ text: String) -> Outcome {
      RequestParserTests.run(Array(text.utf8), limits: limits).outcome
    }
    let host = "Host: a\r\n"
    #expect(outcome("GET / HTTP/1.1\r\n\(host)A: 1\r\nB: 1\r\n\r\n") == .waiting)
    #expect(outcome("GET / HTTP/1.1\r\n\(host)A: 1\r\nB: 1\r\nC: 1\r\n\r\n") == .refused(431))
    #expect(
      outcome("GET / HTTP/1.1\r\n\(host)A: \(String(repeating: "x", count: 200))\r\n\r\n") == .refused(431))
    // An endless header is refused before its end.
    #expect(outcome("GET / HTTP/1.1\r\n\(host)A: \(String(repeating: "x", count: 200))") == .refused(431))
    #expect(outcome("GET /\(String(repeating: "x", count: 19)) HTTP/1.1\r\n\(host)\r\n") == .waiting)
    #expect(outcome("GET /\(String(repeating: "x", count: 20)) HTTP/1.1\r\n\(host)\r\n") == .refused(414))
    #expect(outcome("PUT / HTTP/1.1\r\n\(host)Content-Length: 10\r\n\r\n") == .waiting)
    #expect(outcome("PUT / HTTP/1.1\r\n\(host)Content-Length: 11\r\n\r\n") == .refused(413))
    let chunked = "PUT / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"
    #expect(outcome(chunked + "6\r\n123456\r\n4\r\n1234\r\n") == .waiting)
    #expect(outcome(chunked + "6\r\n123456\r\n5\r\n1234") == .refused(413))
    #expect(outcome(chunked + "1;" + String(repeating: "x", count: 300)) == .refused(400))
    #expect(outcome(chunked + "0\r\nA: " + String(repeating: "x", count: 300)) == .refused(431))
  }

  @Test func manyTinyChunksAreRefused() {
    var limits = HTTPServerConfiguration.Limits()
    limits.headerBytes = 1000
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunks = String(repeating: "1;xxxxxxxxxx\r\nx\r\n", count: 100)
    #expect(RequestParserTests.run(Array((head + chunks).utf8), limits: limits).outcome == .refused(400))
  }

  /// Whatever is thrown at it, in whatever pieces, the answer is the same and nothing traps.
  @Test(arguments: 0..<8)
  func damagedRequestsReadTheSameInAnyPieces(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let texts = RequestParserTests.accepted.map { Array($0.0.utf8) } + RefusedRequest.table.map(\.bytes)
    for _ in 0..<400 {
      var bytes = texts.randomElement(using: &random)! + texts.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert("\r\n :,0".utf8.randomElement(using: &random)!, at: index)
        default: bytes.remove(at: index)
        }
      }
      let cuts = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        Int.random(in: 0...bytes.count, using: &random)
      }
      let whole = RequestParserTests.run(bytes)
      let pieces = RequestParserTests.run(bytes, cuts: cuts.sorted())
      #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self).debugDescription) at \(cuts)")
    }
  }
}
