import Glibc

/// A listening socket that accepts nobody and whose line is full: the system drops further attempts, as a
/// firewall does.
final class FullListener {
  private let listener: Int32
  private var fillers: [Int32] = []
  let url: String

  init() {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    var fillers: [Int32] = []
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(unsafe bind(listener, $0, length) == 0 && listen(listener, 0) == 0)
        precondition(unsafe getsockname(listener, $0, &length) == 0)
        for _ in 0..<4 {
          let filler = socket(
            AF_INET,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
          _ = unsafe connect(filler, $0, length)
          fillers.append(filler)
        }
      }
    }
    self.fillers = fillers
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
  }

  func stop() {
    for descriptor in fillers + [listener] { close(descriptor) }
  }
}
