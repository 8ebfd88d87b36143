internal import CZlib

/// Undoes `Content-Encoding: gzip` and `deflate` part by part, never beyond the room there is.
///
/// Not left to curl, because curl takes a compressed body that stops in the middle for a complete one.
@safe final class BodyDecoder {
  enum Problem: Error {
    case unknownEncoding
    case damaged
    case endsEarly
    case tooLarge
  }

  private enum Format {
    case gzip
    /// RFC 9110 says zlib, but some servers send the bare stream; the first two bytes tell.
    case deflate
  }

  private static let scratchSize = 64 << 10

  private let format: Format
  // zlib keeps the stream's address, so it cannot be a property.
  private let stream: UnsafeMutablePointer<z_stream>
  private let scratch: UnsafeMutablePointer<UInt8>
  private var isStarted = false
  private var isAtEnd = false
  /// Held back until there are two bytes to tell the format by.
  private var beginning: [UInt8] = []

  /// `nil` when the body is not compressed. Several encodings on top of each other were not offered.
  init?(contentEncoding values: [String]) throws(Problem) {
    let names = values.flatMap { $0.split(separator: ",") }
      .map { String(decoding: ASCII.trimmingBlanks(Array($0.utf8)), as: UTF8.self).lowercased() }
      .filter { !$0.isEmpty && $0 != "identity" }
    guard let name = names.first else { return nil }
    switch name {
    case "gzip", "x-gzip": format = .gzip
    case "deflate": format = .deflate
    default: throw .unknownEncoding
    }
    guard names.count == 1 else { throw .unknownEncoding }
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe scratch = .allocate(capacity: Self.scratchSize)
  }

  deinit {
    if isStarted { unsafe inflateEnd(stream) }
    unsafe stream.deallocate()
    unsafe scratch.deallocate()
  }

  /// Appends what `part` decodes to; with `tooLarge`, `body` holds exactly `most` bytes.
  func decode(_ part: UnsafeRawBufferPointer, into body: inout [UInt8], most: Int) throws(Problem) {
    if isStarted {
      try unsafe inflate(part, into: &body, most: most)
      return
    }
    unsafe beginning.append(contentsOf: part)
    guard beginning.count >= 2 else { return }
    try start()
    let held = beginning
    beginning = []
    var problem: Problem?
    unsafe held.withUnsafeBytes { bytes in
      do throws(Problem) { try unsafe inflate(bytes, into: &body, most: most) } catch { problem = error }
    }
    if let problem { throw problem }
  }

  /// Says whether the stream came to its end. An empty body is a whole one: servers label those too.
  func finish() throws(Problem) {
    guard isAtEnd || (!isStarted && beginning.isEmpty) else { throw .endsEarly }
  }

  private func start() throws(Problem) {
    let isZlib =
      beginning[0] & 0x0F == 8 && (Int(beginning[0]) << 8 | Int(beginning[1])).isMultiple(of: 31)
    let windowBits: Int32 =
      switch format {
      case .gzip: 15 + 16
      case .deflate: isZlib ? 15 : -15
      }
    guard unsafe zd_inflate_init(stream, windowBits) == Z_OK else { throw .damaged }
    isStarted = true
  }

  private func inflate(
    _ part: UnsafeRawBufferPointer, into body: inout [UInt8], most: Int
  ) throws(Problem) {
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: part.bindMemory(to: UInt8.self).baseAddress)
    unsafe stream.pointee.avail_in = UInt32(part.count)
    while true {
      if isAtEnd {
        guard unsafe stream.pointee.avail_in > 0 else { return }
        // A gzip body may have several members; anything else after the end does not belong there.
        guard format == .gzip, unsafe stream.pointee.next_in.pointee == 0x1F,
          unsafe inflateReset(stream) == Z_OK
        else { throw .damaged }
        isAtEnd = false
      }
      unsafe stream.pointee.next_out = unsafe scratch
      unsafe stream.pointee.avail_out = UInt32(Self.scratchSize)
      let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      let count = Self.scratchSize - Int(unsafe stream.pointee.avail_out)
      let room = most - body.count
      unsafe body.append(contentsOf: UnsafeBufferPointer(start: scratch, count: min(count, room)))
      guard count <= room else { throw .tooLarge }
      switch code {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK: if unsafe stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0 { return }
      case Z_BUF_ERROR: return
      default: throw .damaged
      }
    }
  }
}
