/// The requests of one connection, one after the other, as a machine without I/O: bytes go in,
/// heads and whole requests come out.
struct RequestParser {
  enum Step {
    /// Nothing more can be said before more bytes come.
    case needsMore
    /// A header is complete and a body is to follow.
    case head(RequestHead)
    /// A request is complete; the next byte is the next request's.
    case request(RequestHead, body: [UInt8])
  }

  private enum Phase {
    /// Bytes up to `scanned` are known to hold no end of the header.
    case head(scanned: Int)
    case body(RequestHead, BodyDecoder)
  }

  private let limits: HTTPServerConfiguration.Limits
  private var phase = Phase.head(scanned: 0)

  init(limits: HTTPServerConfiguration.Limits) {
    self.limits = limits
  }

  /// In the header all bytes not yet consumed are to be offered; in the body any part of them will do.
  var isReadingHead: Bool {
    if case .head = phase { true } else { false }
  }

  /// The body received so far.
  var bufferedBytes: Int {
    if case .body(_, let decoder) = phase { decoder.body.count } else { 0 }
  }

  /// Consumes the front of `input`. After a refusal the connection has no further use.
  mutating func advance(_ input: Span<UInt8>) throws(RequestRefusal) -> (consumed: Int, step: Step) {
    switch phase {
    case .head(let scanned): return try advanceHead(input, scanned: scanned)
    case .body(let head, var decoder):
      // The phase must not keep a second reference, or every append would copy the body.
      phase = .head(scanned: 0)
      let consumed = try decoder.consume(input)
      if decoder.isComplete { return (consumed, .request(head, body: decoder.body)) }
      phase = .body(head, decoder)
      return (consumed, .needsMore)
    }
  }

  private mutating func advanceHead(
    _ input: Span<UInt8>, scanned: Int
  ) throws(RequestRefusal) -> (consumed: Int, step: Step) {
    // One empty line before a request is forgiven (RFC 9112 §2.2).
    let start = input.count >= 2 && input[0] == Bytes.carriageReturn && input[1] == Bytes.lineFeed ? 2 : 0
    guard let end = try headEnd(input, from: max(start, scanned), start: start) else {
      return (0, .needsMore)
    }
    let head = try RequestHeadParser(limits: limits).parse(input.extracting(start..<end))
    guard head.framing != .none, head.framing != .length(0) else { return (end, .request(head, body: [])) }
    phase = .body(head, BodyDecoder(framing: head.framing, limits: limits))
    return (end, .head(head))
  }

  /// The offset after the empty line, or `nil` with the place remembered. Every line feed must follow
  /// a carriage return and the other way round.
  private mutating func headEnd(
    _ input: Span<UInt8>, from scanned: Int, start: Int
  ) throws(RequestRefusal) -> Int? {
    var index = scanned
    while index < input.count {
      let byte = input[index]
      if byte == Bytes.lineFeed {
        guard index > 0, input[index - 1] == Bytes.carriageReturn else { throw .bareLineEnd }
        if index >= start + 3, input[index - 2] == Bytes.lineFeed {
          guard index - start < limits.headerBytes else { throw .headerTooLarge }
          phase = .head(scanned: 0)
          return index + 1
        }
        if index == start + 1 { throw .requestLine }
      } else if index > start, input[index - 1] == Bytes.carriageReturn {
        throw .bareLineEnd
      }
      index += 1
    }
    guard input.count - start <= limits.headerBytes else { throw .headerTooLarge }
    phase = .head(scanned: index)
    return nil
  }
}
