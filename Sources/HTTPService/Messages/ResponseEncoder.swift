/// Writes the head of a response and decides how its body is delimited.
struct ResponseEncoder {
  enum Framing: Hashable {
    /// The message ends with its head (HEAD, 204, 304).
    case none
    case length(Int)
    case chunked
    /// HTTP/1.0 without a length: the end is the end of the connection.
    case untilClose
  }

  let isHead: Bool
  let minorVersion: Int
  /// Whether client and server would both keep the connection.
  let mayKeepAlive: Bool
  let date: [UInt8]

  /// Throws `.invalidResponse` for what must not go out, above all a line break in a header.
  func encode(
    _ response: HTTPServerResponse
  ) throws(HTTPServiceError) -> (bytes: [UInt8], framing: Framing, keepAlive: Bool) {
    guard (200...599).contains(response.status) else {
      throw HTTPServiceError(.invalidResponse, "A final status is 200 to 599, not \(response.status).")
    }
    let framing = try self.framing(response)
    let keepAlive =
      mayKeepAlive && framing != .untilClose && !response.headers.contains("Connection", word: "close")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    bytes.append(contentsOf: "HTTP/1.1 \(response.status) \(HTTPStatus.phrase(response.status))\r\n".utf8)
    var hasDate = false
    for field in response.headers {
      try ResponseEncoder.check(field)
      switch field.name.utf8.count {
      case 10 where HTTPFields.equal(field.name, "Connection"),
        14 where HTTPFields.equal(field.name, "Content-Length"),
        17 where HTTPFields.equal(field.name, "Transfer-Encoding"):
        continue
      case 4 where HTTPFields.equal(field.name, "Date"): hasDate = true
      default: break
      }
      ResponseEncoder.append(field.name, field.value, to: &bytes)
    }
    if !hasDate {
      bytes.append(contentsOf: "Date: ".utf8)
      bytes.append(contentsOf: date)
      bytes.append(contentsOf: "\r\n".utf8)
    }
    appendFraming(response, framing, to: &bytes)
    if !keepAlive {
      bytes.append(contentsOf: "Connection: close\r\n".utf8)
    } else if minorVersion == 0 {
      bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    }
    bytes.append(contentsOf: "\r\n".utf8)
    return (bytes, framing, keepAlive)
  }

  /// The Content-Length a handler declared for a stream.
  static func declaredLength(_ response: HTTPServerResponse) throws(HTTPServiceError) -> Int? {
    let values = response.headers.values("Content-Length")
    guard let text = values.first else { return nil }
    guard values.count == 1, !text.isEmpty, text.utf8.allSatisfy(Bytes.isDigit), let length = Int(text) else {
      throw HTTPServiceError(.invalidResponse, "A Content-Length is given once, as digits only.")
    }
    return length
  }

  private func framing(_ response: HTTPServerResponse) throws(HTTPServiceError) -> Framing {
    let declared = try ResponseEncoder.declaredLength(response)
    if isHead || response.status == 204 || response.status == 304 { return .none }
    switch response.body {
    case .bytes(let body):
      guard declared == nil || declared == body.count else {
        throw HTTPServiceError(
          .invalidResponse, "Content-Length disagrees with the body; leave it out, or use a stream.")
      }
      return .length(body.count)
    case .stream:
      if let declared { return .length(declared) }
      return minorVersion == 1 ? .chunked : .untilClose
    case .abort: return .none
    }
  }

  private func appendFraming(_ response: HTTPServerResponse, _ framing: Framing, to bytes: inout [UInt8]) {
    switch framing {
    case .length(let length): bytes.append(contentsOf: "Content-Length: \(length)\r\n".utf8)
    case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
    case .untilClose: break
    case .none:
      // HEAD tells what GET would have said; 204 and 304 have no length.
      guard isHead, response.status != 204, response.status != 304 else { return }
      if let declared = response.headers["Content-Length"] {
        bytes.append(contentsOf: "Content-Length: \(declared)\r\n".utf8)
      } else if case .bytes(let body) = response.body {
        bytes.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8)
      } else if minorVersion == 1 {
        bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
      }
    }
  }

  private static func check(_ field: HTTPField) throws(HTTPServiceError) {
    guard !field.name.isEmpty, field.name.utf8.allSatisfy(Bytes.isToken) else {
      throw HTTPServiceError(.invalidResponse, "A header name holds a character that is not allowed in one.")
    }
    guard field.value.utf8.allSatisfy(Bytes.isFieldValue) else {
      throw HTTPServiceError(.invalidResponse, "A header value holds a line break or control character.")
    }
  }

  private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(Bytes.colon)
    bytes.append(Bytes.space)
    bytes.append(contentsOf: value.utf8)
    bytes.append(Bytes.carriageReturn)
    bytes.append(Bytes.lineFeed)
  }
}
