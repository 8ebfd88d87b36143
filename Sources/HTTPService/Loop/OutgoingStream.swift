/// A streamed response under way.
struct OutgoingStream {
  let writer: HTTPBodyWriter
  let framing: ResponseEncoder.Framing
  let keepAlive: Bool
  let endsWhenStopping: Bool
  /// Body bytes put into the output so far.
  var accepted = 0

  /// Frames a piece of the body.
  mutating func frame(_ bytes: [UInt8]) -> [UInt8] {
    accepted += bytes.count
    guard framing == .chunked else { return bytes }
    var chunk: [UInt8] = []
    chunk.reserveCapacity(bytes.count + 20)
    chunk.append(contentsOf: String(bytes.count, radix: 16).utf8)
    chunk.append(contentsOf: "\r\n".utf8)
    chunk.append(contentsOf: bytes)
    chunk.append(contentsOf: "\r\n".utf8)
    return chunk
  }

  /// Whether all that was declared has been written.
  var isComplete: Bool {
    if case .length(let length) = framing { accepted == length } else { true }
  }
}
