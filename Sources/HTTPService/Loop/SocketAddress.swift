import CEvent
import Glibc

/// A peer's numeric address. IPv4 addresses that arrive on an IPv6 socket are written as IPv4.
struct SocketAddress: Hashable {
  let host: String
  let port: Int

  /// The pointer must lead to a whole `sockaddr_in` or `sockaddr_in6`, as its family says.
  @unsafe
  init(_ address: UnsafePointer<sockaddr>) {
    switch Int32(unsafe address.pointee.sa_family) {
    case AF_INET:
      var internet = unsafe UnsafeRawPointer(address).load(as: sockaddr_in.self)
      host = unsafe SocketAddress.text(AF_INET, &internet.sin_addr)
      port = Int(UInt16(bigEndian: internet.sin_port))
    case AF_INET6:
      var internet = unsafe UnsafeRawPointer(address).load(as: sockaddr_in6.self)
      let text = unsafe SocketAddress.text(AF_INET6, &internet.sin6_addr)
      host =
        text.hasPrefix("::ffff:") && text.utf8.contains(UInt8(ascii: ".")) ? String(text.dropFirst(7)) : text
      port = Int(UInt16(bigEndian: internet.sin6_port))
    default:
      host = "unknown"
      port = 0
    }
  }

  private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    unsafe inet_ntop(family, address, &buffer, socklen_t(buffer.count))
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
