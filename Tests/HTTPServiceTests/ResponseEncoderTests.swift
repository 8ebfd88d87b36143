import Testing

@testable import HTTPService

@Suite struct ResponseEncoderTests {
  private func encode(
    _ response: HTTPServerResponse, isHead: Bool = false, minorVersion: Int = 1, keepAlive: Bool = true
  ) throws -> (text: String, framing: ResponseEncoder.Framing, keepAlive: Bool) {
    let encoder = ResponseEncoder(
      isHead: isHead, minorVersion: minorVersion, mayKeepAlive: keepAlive, date: Array("now".utf8))
    let (bytes, framing, keepAlive) = try encoder.encode(response)
    return (String(decoding: bytes, as: UTF8.self), framing, keepAlive)
  }

  private static let stream = HTTPServerResponse.Body.stream { _ in }

  @Test func writesTheHead() throws {
    let (text, framing, keepAlive) = try encode(.text("证"))
    #expect(
      text
        == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: now\r\nContent-Length: 3\r\n\r\n"
    )
    #expect(framing == .length(3))
    #expect(keepAlive)
  }

  @Test func decidesFraming() throws {
    #expect(try encode(HTTPServerResponse(body: Self.stream)).framing == .chunked)
    let old = try encode(HTTPServerResponse(body: Self.stream), minorVersion: 0)
    #expect(old.framing == .untilClose)
    #expect(!old.keepAlive)
    #expect(old.text.contains("Connection: close\r\n"))
    #expect(!old.text.contains("Transfer-Encoding"))
    let declared = try encode(HTTPServerResponse(headers: ["content-length": "12"], body: Self.stream))
    #expect(declared.framing == .length(12))
    #expect(declared.text.contains("Content-Length: 12\r\n"))
    let empty = try encode(HTTPServerResponse(status: 204))
    #expect(empty.framing == .none)
    #expect(!empty.text.contains("Content-Length"))
    let head = try encode(.text("four"), isHead: true)
    #expect(head.framing == .none)
    #expect(head.text.contains("Content-Length: 4\r\n"))
  }

  @Test func keepsOrCloses() throws {
    #expect(try encode(.text(""), minorVersion: 0).text.contains("Connection: keep-alive\r\n"))
    #expect(try encode(.text(""), keepAlive: false).text.contains("Connection: close\r\n"))
    let closing = try encode(HTTPServerResponse(headers: ["connection": "Close"]))
    #expect(!closing.keepAlive)
    #expect(closing.text.components("Connection") == 1)
  }

  /// The server's own headers cannot be doubled by a handler.
  @Test func ownsItsHeaders() throws {
    let (text, _, _) = try encode(
      HTTPServerResponse(headers: ["Transfer-Encoding": "gzip", "Date": "then", "Connection": "upgrade"]))
    #expect(text == "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n")
  }

  static let broken: [HTTPServerResponse] = [
    HTTPServerResponse(headers: ["X": "a\r\nSet-Cookie: b"]),
    HTTPServerResponse(headers: ["X": "a\nb"]),
    HTTPServerResponse(headers: ["X": "a\0b"]),
    HTTPServerResponse(headers: ["X\r\nY": "a"]),
    HTTPServerResponse(headers: ["X Y": "a"]),
    HTTPServerResponse(headers: ["X:": "a"]),
    HTTPServerResponse(headers: ["": "a"]),
    HTTPServerResponse(status: 100),
    HTTPServerResponse(status: 99999),
    HTTPServerResponse(headers: ["Content-Length": "5"], body: .bytes([1])),
    HTTPServerResponse(headers: ["Content-Length": "-1"], body: stream),
    HTTPServerResponse(headers: ["Content-Length": "1, 1"], body: stream),
  ]

  @Test(arguments: broken.indices)
  func refusesBroken(_ index: Int) {
    #expect(throws: HTTPServiceError.self) { try encode(ResponseEncoderTests.broken[index]) }
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(_ part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
