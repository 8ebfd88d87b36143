import Glibc
import Synchronization

extension RawConnection {
  /// Carries bytes both ways between this connection and a local port until one side closes.
  func tunnel(to port: Int) {
    let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(other) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return }
    let target = RawConnection(descriptor: other, index: 0)
    let isDone = Mutex(false)
    // The other direction has a thread of its own; this one waits for it, because it closes the descriptors.
    withExtendedLifetime(isDone) {
      let back = Relay(from: target, to: self)
      OwnThread.start { back.run() }
      Relay(from: self, to: target).run()
      back.wait()
    }
  }

  /// Exactly `count` bytes, or fewer when the client closes.
  func read(exactly count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = read(count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }
}

/// One direction of a tunnel.
private final class Relay: Sendable {
  private let source: RawConnection
  private let target: RawConnection
  private let isDone = Mutex(false)

  init(from source: RawConnection, to target: RawConnection) {
    self.source = source
    self.target = target
  }

  func run() {
    while true {
      let part = source.read()
      if part.isEmpty || !target.write(part) { break }
    }
    shutdown(source.descriptor, Int32(SHUT_RDWR))
    shutdown(target.descriptor, Int32(SHUT_RDWR))
    isDone.withLock { $0 = true }
  }

  func wait() {
    while !isDone.withLock({ $0 }) { pause(milliseconds: 1) }
  }
}
