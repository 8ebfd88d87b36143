/// Status and headers as they arrive line by line. Pure; curl has split the lines.
struct ResponseHead {
  enum Problem: Error {
    case statusLine
    case fieldLine
    case lengthsDisagree
    case tooManyBytes
    case tooManyLines
  }

  private(set) var status: Int?
  private(set) var headers: [HTTPHeader] = []
  private(set) var declaredLength: Int?
  private(set) var isChunked = false
  /// The blank line after a final status was seen. Lines that still come are trailers.
  private(set) var isComplete = false
  /// Of all blocks: interim replies and trailers count too, so an endless row of them ends.
  private(set) var byteCount = 0
  private(set) var lineCount = 0

  /// Takes one line with its line end.
  mutating func receive(
    _ line: some RandomAccessCollection<UInt8>, maxBytes: Int, maxLines: Int
  ) throws(Problem) {
    byteCount += line.count
    guard byteCount <= maxBytes else { throw .tooManyBytes }
    var end = line.endIndex
    while end > line.startIndex,
      line[line.index(before: end)] == 0x0A || line[line.index(before: end)] == 0x0D
    {
      end = line.index(before: end)
    }
    let content = line[..<end]
    if isComplete {
      try count(maxLines)
    } else if content.isEmpty {
      isComplete = (status ?? 0) >= 200
    } else if content.starts(with: "HTTP/".utf8) {
      try beginBlock(content)
    } else {
      try count(maxLines)
      try receiveField(content)
    }
  }

  /// A status line: a final reply after interim ones, or the first.
  private mutating func beginBlock(_ line: some RandomAccessCollection<UInt8>) throws(Problem) {
    let rest = line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
    let digits = rest.prefix { ASCII.isDigit($0) }
    guard digits.count == 3 else { throw .statusLine }
    status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    headers.removeAll(keepingCapacity: true)
    declaredLength = nil
    isChunked = false
  }

  private mutating func receiveField(_ line: some RandomAccessCollection<UInt8>) throws(Problem) {
    // A line that begins with a blank goes on with the value before it (obsolete, RFC 9112 §5.2).
    if let first = line.first, ASCII.isBlank(first), let last = headers.indices.last {
      headers[last].value += " " + ASCII.text(ASCII.trimmingBlanks(Array(line)))
      return
    }
    let name = line.prefix { $0 != 0x3A }
    guard !name.isEmpty, name.count < line.count else { throw .fieldLine }
    let value = ASCII.trimmingBlanks(Array(line.dropFirst(name.count + 1)))
    headers.append(HTTPHeader(ASCII.text(ASCII.trimmingBlanks(Array(name))), ASCII.text(value)))
    if ASCII.equalsIgnoringCase(name, "content-length".utf8) { try receiveLength(value) }
    if ASCII.equalsIgnoringCase(name, "transfer-encoding".utf8) {
      isChunked = isChunked || ASCII.text(value).lowercased().hasSuffix("chunked")
    }
  }

  /// Two lengths that differ are an attack or a broken gateway: nobody knows where this reply ends and the next
  /// on the same connection begins.
  private mutating func receiveLength(_ value: some Collection<UInt8>) throws(Problem) {
    guard (1...18).contains(value.count), value.allSatisfy({ ASCII.isDigit($0) }) else {
      throw .lengthsDisagree
    }
    let length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    if let declaredLength, declaredLength != length { throw .lengthsDisagree }
    declaredLength = length
  }

  private mutating func count(_ maxLines: Int) throws(Problem) {
    lineCount += 1
    guard lineCount <= maxLines else { throw .tooManyLines }
  }
}
