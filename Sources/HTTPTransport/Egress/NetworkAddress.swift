import Glibc

/// An IPv4 or IPv6 address. IPv4 addresses mapped into IPv6 (`::ffff:10.0.0.1`) are read as the IPv4 address
/// they reach, so that no rule can be passed by spelling.
struct NetworkAddress: Hashable, Sendable {
  /// 4 or 16 bytes, network order.
  let bytes: [UInt8]

  init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    self.bytes = bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
  }

  /// Reads `1.2.3.4` and `::1`; no brackets, no zone, no octal or shortened IPv4.
  init?(_ text: String) {
    let family = text.utf8.contains(0x3A) ? AF_INET6 : AF_INET
    var bytes = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
    guard !text.utf8.contains(0), unsafe inet_pton(family, text, &bytes) == 1 else { return nil }
    self.init(bytes: bytes)
  }

  var isIPv6: Bool { bytes.count == 16 }

  /// `1.2.3.4` or the shortest form of RFC 5952.
  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = isIPv6 ? AF_INET6 : AF_INET
    guard unsafe inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the first `length` bits are those of `network`.
  func isIn(_ network: NetworkAddress, prefix length: Int) -> Bool {
    guard bytes.count == network.bytes.count, length >= 0, length <= bytes.count * 8 else { return false }
    let whole = length / 8
    guard bytes.prefix(whole).elementsEqual(network.bytes.prefix(whole)) else { return false }
    let rest = length % 8
    guard rest > 0 else { return true }
    let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
    return bytes[whole] & mask == network.bytes[whole] & mask
  }
}
