/// Takes a request's body off the wire, by length or by chunks (RFC 9112 §7.1).
///
/// Chunk extensions are skipped and trailers are checked and dropped: a trailer must not be able to
/// add a header after the header was judged.
struct BodyDecoder {
  private enum Phase {
    case identity(remaining: Int)
    case size(value: Int, digits: Int)
    case extensions
    case sizeLineFeed(size: Int)
    case data(remaining: Int)
    case dataReturn
    case dataLineFeed
    case trailer
    case complete
  }

  private(set) var body: [UInt8] = []
  private var phase: Phase
  private var pendingSize = 0
  private var overhead = 0
  private var trailer: [UInt8] = []
  private let limits: HTTPServerConfiguration.Limits

  init(framing: RequestHead.Framing, limits: HTTPServerConfiguration.Limits) {
    self.limits = limits
    switch framing {
    case .none: phase = .complete
    case .length(let length):
      phase = length == 0 ? .complete : .identity(remaining: length)
      // A declared length is only a promise; room grows with what really comes.
      body.reserveCapacity(min(length, 64 * 1024))
    case .chunked: phase = .size(value: 0, digits: 0)
    }
  }

  var isComplete: Bool {
    if case .complete = phase { true } else { false }
  }

  /// Consumes as much as belongs to the body and says how many bytes that was.
  mutating func consume(_ input: Span<UInt8>) throws(RequestRefusal) -> Int {
    var index = 0
    while index < input.count {
      switch phase {
      case .complete: return index
      case .identity(let remaining):
        let count = take(input, from: index, atMost: remaining)
        index += count
        phase = count == remaining ? .complete : .identity(remaining: remaining - count)
      case .data(let remaining):
        let count = take(input, from: index, atMost: remaining)
        index += count
        phase = count == remaining ? .dataReturn : .data(remaining: remaining - count)
      default:
        try framingByte(input[index])
        index += 1
      }
    }
    return index
  }

  private mutating func take(_ input: Span<UInt8>, from index: Int, atMost remaining: Int) -> Int {
    let count = min(remaining, input.count - index)
    unsafe input.extracting(index..<(index + count)).withUnsafeBufferPointer { bytes in
      unsafe body.append(contentsOf: bytes)
    }
    return count
  }

  private mutating func framingByte(_ byte: UInt8) throws(RequestRefusal) {
    overhead += 1
    switch phase {
    case .size(let value, let digits):
      if let digit = Bytes.hexValue(byte) {
        // 15 hexadecimal digits cannot overflow an Int.
        guard digits < 15 else { throw .chunk }
        phase = .size(value: value << 4 | Int(digit), digits: digits + 1)
      } else {
        guard digits > 0 else { throw .chunk }
        guard value <= limits.bodyBytes - body.count else { throw .bodyTooLarge }
        switch byte {
        case Bytes.carriageReturn: phase = .sizeLineFeed(size: value)
        case UInt8(ascii: ";"):
          pendingSize = value
          phase = .extensions
        default: throw .chunk
        }
      }
    case .extensions:
      guard overhead <= limits.headerBytes else { throw .chunk }
      if byte == Bytes.carriageReturn {
        phase = .sizeLineFeed(size: pendingSize)
      } else if !Bytes.isFieldValue(byte) {
        throw .chunk
      }
    case .sizeLineFeed(let size):
      guard byte == Bytes.lineFeed else { throw .chunk }
      phase = size == 0 ? .trailer : .data(remaining: size)
    case .dataReturn:
      guard byte == Bytes.carriageReturn else { throw .chunk }
      phase = .dataLineFeed
    case .dataLineFeed:
      guard byte == Bytes.lineFeed else { throw .chunk }
      // A byte of data may cost five of framing; a client that keeps doing that wears us out.
      guard overhead <= limits.headerBytes + body.count else { throw .chunk }
      phase = .size(value: 0, digits: 0)
    case .trailer: try trailerByte(byte)
    case .identity, .data, .complete: break
    }
  }

  private mutating func trailerByte(_ byte: UInt8) throws(RequestRefusal) {
    guard trailer.count < limits.headerBytes else { throw .headerTooLarge }
    let afterReturn = trailer.last == Bytes.carriageReturn
    guard afterReturn == (byte == Bytes.lineFeed) else { throw .bareLineEnd }
    trailer.append(byte)
    guard byte == Bytes.lineFeed else { return }
    // The section is over with an empty line: nothing before it, or a line end.
    let count = trailer.count
    guard count == 2 || trailer[count - 3] == Bytes.lineFeed else { return }
    try RequestHeadParser.fields(trailer.span, limit: limits.headerFields)
    phase = .complete
  }
}
