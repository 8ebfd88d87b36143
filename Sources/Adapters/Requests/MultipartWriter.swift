import Crypto

/// Writes `multipart/form-data` (RFC 7578). The boundary is a digest of what is between, so that the same parts give the same bytes, which may be signed.
struct MultipartWriter {
  private static let digits = 40

  private var parts: [(head: String, content: [UInt8])] = []

  mutating func add(_ name: String, _ content: [UInt8], file: String? = nil, type: String? = nil) {
    var head = "Content-Disposition: form-data; name=\"\(Self.quoted(name))\""
    if let file { head += "; filename=\"\(Self.quoted(file))\"" }
    if let type { head += "\r\nContent-Type: \(Self.quoted(type))" }
    parts.append((head, content))
  }

  func finish() -> [UInt8] {
    var digest = DigestStream(.sm3)
    for part in parts {
      digest.update(Array(part.head.utf8))
      digest.update(part.content)
    }
    let boundary = String(Hex.encode(digest.finish()).prefix(Self.digits))
    var body: [UInt8] = []
    for part in parts {
      body += Array("--\(boundary)\r\n\(part.head)\r\n\r\n".utf8) + part.content + Array("\r\n".utf8)
    }
    return body + Array("--\(boundary)--\r\n".utf8)
  }

  /// The boundary of a body written here, which is its first line.
  static func boundary(of body: [UInt8]) -> String {
    String(decoding: body.dropFirst(2).prefix(digits), as: UTF8.self)
  }

  /// A quotation mark or a line break would end the value early; browsers write them so.
  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "%22".utf8
      case UInt8(ascii: "\r"): bytes += "%0D".utf8
      case UInt8(ascii: "\n"): bytes += "%0A".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
