/// The request target of RFC 9112 §3.2: a path with a query, a full URL from a client that takes us
/// for a proxy, or `*` for OPTIONS.
enum RequestTarget {
  /// Path and query as on the wire. The path holds only what RFC 3986 lets it hold, its escapes are
  /// well-formed UTF-8 without control characters, and it has no `.` or `..` segment, escaped or not.
  static func parse(_ bytes: Span<UInt8>, method: String) throws(RequestRefusal) -> (
    path: String, query: String
  ) {
    if bytes.count == 1, bytes[0] == UInt8(ascii: "*") {
      guard method == "OPTIONS" else { throw .target }
      return ("*", "")
    }
    let start = bytes[0] == Bytes.slash ? 0 : try authorityEnd(bytes)
    var index = start
    var needsDecoding = false
    while index < bytes.count, bytes[index] != UInt8(ascii: "?") {
      let byte = bytes[index]
      if byte == Bytes.percent || byte == UInt8(ascii: ".") {
        needsDecoding = true
      } else if byte != Bytes.slash, !Bytes.isPathCharacter(byte) {
        throw .target
      }
      index += 1
    }
    let pathEnd = index
    if index < bytes.count { index += 1 }
    let queryStart = index
    while index < bytes.count {
      guard Bytes.isQueryCharacter(bytes[index]) else { throw .target }
      index += 1
    }
    guard let path = text(bytes.extracting(start..<pathEnd)),
      let query = text(bytes.extracting(queryStart..<index))
    else { throw .target }
    if needsDecoding { try checkSegments(path) }
    return (path.isEmpty ? "/" : path, query)
  }

  /// Host and port characters (RFC 3986 §3.2), without user information.
  static func isAuthority(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "@"), UInt8(ascii: "/"): false
    case UInt8(ascii: "["), UInt8(ascii: "]"): true
    default: Bytes.isPathCharacter(byte)
    }
  }

  /// Where the path begins in `http://host/path`; servers must take this form too.
  private static func authorityEnd(_ bytes: Span<UInt8>) throws(RequestRefusal) -> Int {
    var index = 0
    for byte in "http".utf8 {
      guard index < bytes.count, Bytes.lowercase(bytes[index]) == byte else { throw .target }
      index += 1
    }
    if index < bytes.count, Bytes.lowercase(bytes[index]) == UInt8(ascii: "s") { index += 1 }
    for byte in "://".utf8 {
      guard index < bytes.count, bytes[index] == byte else { throw .target }
      index += 1
    }
    let start = index
    while index < bytes.count, bytes[index] != Bytes.slash, bytes[index] != UInt8(ascii: "?") {
      guard isAuthority(bytes[index]) else { throw .target }
      index += 1
    }
    guard index > start else { throw .target }
    return index
  }

  private static func checkSegments(_ path: String) throws(RequestRefusal) {
    for segment in path.utf8.split(separator: Bytes.slash) {
      guard let decoded = PercentEncoding.decode(Substring(segment)) else { throw .target }
      if decoded == "." || decoded == ".." { throw .target }
      guard decoded.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .target }
    }
  }

  private static func text(_ bytes: Span<UInt8>) -> String? {
    guard let valid = try? UTF8Span(validating: bytes) else { return nil }
    return String(copying: valid)
  }
}
