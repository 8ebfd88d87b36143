internal import Compression
internal import Crypto
internal import Exchanges

/// What is sealed: version (1) ‖ encoding (0 plain, 1 zstd) ‖ salt (16) ‖ payload, where the payload is a list of
/// texts (count and lengths as LEB128) followed by the body's bytes.
///
/// The salt makes the digest of the whole useless for guessing what an erased body said: it goes with the key.
enum PartContent {
  private static let version: UInt8 = 1
  private static let saltByteCount = 16
  private static let headByteCount = 2 + saltByteCount
  /// Below this zstd gains nothing.
  private static let smallestCompressed = 128

  static func encode(texts: [String], body: [UInt8], level: Int) -> [UInt8] {
    var payload: [UInt8] = []
    var textBytes = 10
    for text in texts { textBytes += text.utf8.count + 5 }
    payload.reserveCapacity(textBytes + body.count)
    append(texts.count, to: &payload)
    for text in texts {
      append(text.utf8.count, to: &payload)
      payload += text.utf8
    }
    payload += body

    var encoding: UInt8 = 0
    if payload.count >= smallestCompressed {
      let compressed = Zstd.compress(payload, level: level)
      if compressed.count < payload.count - payload.count / 32 {
        payload = compressed
        encoding = 1
      }
    }
    var content: [UInt8] = []
    content.reserveCapacity(headByteCount + payload.count)
    content.append(version)
    content.append(encoding)
    content += SecureRandom.bytes(saltByteCount)
    content += payload
    return content
  }

  static func decode(_ content: [UInt8], maxBytes: Int) throws -> (texts: [String], body: [UInt8]) {
    guard content.count > headByteCount, content[0] == version, content[1] <= 1 else { throw damage }
    var payload: [UInt8]
    if content[1] == 1 {
      do {
        payload = try Zstd.decompress(content.span.extracting(headByteCount...), maxBytes: maxBytes)
      } catch {
        throw JournalError(error.code == .tooLarge ? .tooLarge : .damaged, error.description)
      }
    } else {
      payload = Array(content[headByteCount...])
    }
    var position = 0
    let count = try read(payload, &position)
    var texts: [String] = []
    for _ in 0..<count {
      let length = try read(payload, &position)
      guard length <= payload.count - position else { throw damage }
      texts.append(String(decoding: payload[position..<position + length], as: UTF8.self))
      position += length
    }
    payload.removeFirst(position)
    return (texts, payload)
  }

  private static let damage = JournalError(
    .damaged, "The sealed content is not of a form this program knows. A newer program may have written it.")

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    var rest = UInt(number)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func read(_ bytes: [UInt8], _ position: inout Int) throws -> Int {
    var number = 0
    var shift = 0
    while position < bytes.count, shift < 35 {
      let byte = bytes[position]
      position += 1
      number |= Int(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    throw damage
  }
}
