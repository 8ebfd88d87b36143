/// Reads the header block of a request, strictly by RFC 9112: whatever another reader in front of
/// us might read in a second way is refused, for two readings are how requests are smuggled.
struct RequestHeadParser {
  let limits: HTTPServerConfiguration.Limits

  /// `bytes` is the whole block, its closing empty line included; every line is known to end with CR LF.
  func parse(_ bytes: Span<UInt8>) throws(RequestRefusal) -> RequestHead {
    let lineEnd = RequestHeadParser.lineEnd(bytes, from: 0)
    var head = try requestLine(bytes.extracting(0..<lineEnd))
    let list = try RequestHeadParser.fields(
      bytes.extracting((lineEnd + 2)..<bytes.count), limit: limits.headerFields)
    head.fields = HTTPFields(list)
    try checkHost(&head)
    try frame(&head)
    if let expectation = head.fields["Expect"] {
      guard HTTPFields.equal(expectation, "100-continue") else { throw .expectation }
      head.expectsContinue = head.minorVersion == 1 && head.framing != .none && head.framing != .length(0)
    }
    return head
  }

  /// Header lines up to the empty line that closes the block.
  @discardableResult
  static func fields(_ bytes: Span<UInt8>, limit: Int) throws(RequestRefusal) -> [HTTPField] {
    var list: [HTTPField] = []
    var start = 0
    while start < bytes.count {
      let end = lineEnd(bytes, from: start)
      if end == start { break }
      if list.isEmpty { list.reserveCapacity(12) }
      guard list.count < limit else { throw .headerTooLarge }
      list.append(try field(bytes.extracting(start..<end)))
      start = end + 2
    }
    return list
  }

  /// The offset of the CR that ends the line beginning at `start`.
  private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while bytes[index] != Bytes.carriageReturn { index += 1 }
    return index
  }

  private func requestLine(_ line: Span<UInt8>) throws(RequestRefusal) -> RequestHead {
    var index = 0
    while index < line.count, Bytes.isToken(line[index]) { index += 1 }
    guard index > 0, index <= 32, index < line.count, line[index] == Bytes.space else { throw .requestLine }
    let method = RequestHeadParser.text(line.extracting(0..<index))
    let targetStart = index + 1
    index = targetStart
    while index < line.count, line[index] != Bytes.space { index += 1 }
    guard index > targetStart, index < line.count else { throw .requestLine }
    let target = line.extracting(targetStart..<index)
    let minor = try minorVersion(line.extracting((index + 1)..<line.count))
    guard target.count <= limits.targetBytes else { throw .targetTooLong }
    let (path, query) = try RequestTarget.parse(target, method: method)
    return RequestHead(
      method: method, path: path, query: query, minorVersion: minor, fields: HTTPFields(), framing: .none,
      keepAlive: minor == 1, expectsContinue: false)
  }

  private func minorVersion(_ bytes: Span<UInt8>) throws(RequestRefusal) -> Int {
    // "HTTP/" DIGIT "." DIGIT, in capitals (RFC 9112 §2.3)
    guard bytes.count == 8, bytes[0] == UInt8(ascii: "H"), bytes[1] == UInt8(ascii: "T"),
      bytes[2] == UInt8(ascii: "T"), bytes[3] == UInt8(ascii: "P"), bytes[4] == Bytes.slash,
      Bytes.isDigit(bytes[5]), bytes[6] == UInt8(ascii: "."), Bytes.isDigit(bytes[7])
    else { throw .requestLine }
    guard bytes[5] == UInt8(ascii: "1"), bytes[7] <= UInt8(ascii: "1") else { throw .version }
    return Int(bytes[7] - UInt8(ascii: "0"))
  }

  private static func field(_ line: Span<UInt8>) throws(RequestRefusal) -> HTTPField {
    guard line[0] != Bytes.space, line[0] != Bytes.tab else { throw .folding }
    var colon = 0
    while colon < line.count, Bytes.isToken(line[colon]) { colon += 1 }
    guard colon > 0, colon < line.count, line[colon] == Bytes.colon else { throw .fieldName }
    var start = colon + 1
    var end = line.count
    while start < end, line[start] == Bytes.space || line[start] == Bytes.tab { start += 1 }
    while end > start, line[end - 1] == Bytes.space || line[end - 1] == Bytes.tab { end -= 1 }
    for index in start..<end where !Bytes.isFieldValue(line[index]) { throw .fieldValue }
    return HTTPField(name: text(line.extracting(0..<colon)), value: text(line.extracting(start..<end)))
  }

  private func checkHost(_ head: inout RequestHead) throws(RequestRefusal) {
    var hosts = 0
    for field in head.fields where HTTPFields.equal(field.name, "Host") {
      hosts += 1
      guard field.value.utf8.allSatisfy({ RequestTarget.isAuthority($0) }) else { throw .host }
    }
    // HTTP/1.0 knows no Host; RFC 9112 §3.2 wants 400 for none or several in HTTP/1.1.
    guard hosts == 1 || (hosts == 0 && head.minorVersion == 0) else { throw .host }
  }

  private func frame(_ head: inout RequestHead) throws(RequestRefusal) {
    var length: Int?
    var chunked = false
    for field in head.fields {
      switch field.name.utf8.count {
      case 14 where HTTPFields.equal(field.name, "Content-Length"):
        guard length == nil else { throw .contentLength }
        length = try contentLength(field.value)
      case 17 where HTTPFields.equal(field.name, "Transfer-Encoding"):
        guard !chunked, head.minorVersion == 1 else { throw .repeatedCoding }
        guard HTTPFields.equal(field.value, "chunked") else { throw .transferCoding }
        chunked = true
      case 10 where HTTPFields.equal(field.name, "Connection"):
        if head.fields.contains("Connection", word: "close") {
          head.keepAlive = false
        } else if head.minorVersion == 0 {
          head.keepAlive = head.fields.contains("Connection", word: "keep-alive")
        }
      default: break
      }
    }
    if chunked {
      guard length == nil else { throw .ambiguousLength }
      head.framing = .chunked
    } else if let length {
      guard length <= limits.bodyBytes else { throw .bodyTooLarge }
      head.framing = .length(length)
    }
  }

  private func contentLength(_ text: String) throws(RequestRefusal) -> Int {
    var value = 0
    guard !text.isEmpty else { throw .contentLength }
    for byte in text.utf8 {
      guard Bytes.isDigit(byte) else { throw .contentLength }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw .bodyTooLarge }
      value = sum
    }
    return value
  }

  /// UTF-8 if it is that, otherwise each byte as the character of that number (RFC 9110 §5.5 leaves
  /// obs-text opaque): nothing a client sent is replaced silently.
  private static func text(_ bytes: Span<UInt8>) -> String {
    if let valid = try? UTF8Span(validating: bytes) { return String(copying: valid) }
    var text = ""
    for index in bytes.indices { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    return text
  }
}
