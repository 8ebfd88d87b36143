/// The part of an address that may stand in the clear: scheme, host and path, without query and fragment, and
/// without path segments that might be an identifier. The complete address is sealed with the request.
enum AddressOutline {
  /// Stands for what was left out.
  static let mark = "…"

  /// A run of digits this long may belong to an identity card, a telephone or a deed.
  private static let longestDigitRun = 5

  static func of(_ address: String) -> String {
    let end = address.firstIndex { $0 == "?" || $0 == "#" } ?? address.endIndex
    let isCut = end < address.endIndex
    var pathStart = address.startIndex
    if let scheme = address[..<end].firstRange(of: "://") {
      pathStart = address[scheme.upperBound..<end].firstIndex(of: "/") ?? end
    }
    var outline = String(address[..<pathStart])
    var isFirst = true
    for segment in address[pathStart..<end].split(separator: "/", omittingEmptySubsequences: false) {
      if !isFirst { outline += "/" }
      isFirst = false
      outline += mayIdentify(segment) ? mark : String(segment)
    }
    return isCut ? outline + "?" + mark : outline
  }

  static func mayIdentify(_ segment: Substring) -> Bool {
    var digits = 0
    for byte in segment.utf8 {
      // A name in the path would be percent-encoded or not ASCII.
      if byte == UInt8(ascii: "%") || byte >= 0x80 || byte == UInt8(ascii: "@") { return true }
      digits = (0x30...0x39).contains(byte) ? digits + 1 : 0
      if digits > longestDigitRun { return true }
    }
    return false
  }
}
