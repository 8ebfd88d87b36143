import Glibc
import Synchronization

/// A bound and listening TCP socket: clients can connect (and wait) before the event thread runs.
final class ListeningSocket: Sendable {
  let port: Int
  private let descriptor: Mutex<Int32>

  init(host: String, port: Int) throws(HTTPServiceError) {
    let descriptor = try ListeningSocket.open(host: host, port: port)
    self.descriptor = Mutex(descriptor)
    self.port = ListeningSocket.localPort(descriptor)
  }

  deinit {
    let left = take()
    if left >= 0 { Glibc.close(left) }
  }

  /// Hands the descriptor over to be closed by the caller; -1 when it was taken before.
  func take() -> Int32 {
    descriptor.withLock { descriptor in
      defer { descriptor = -1 }
      return descriptor
    }
  }

  private static func open(host: String, port: Int) throws(HTTPServiceError) -> Int32 {
    guard (0...65535).contains(port) else {
      throw HTTPServiceError(.bind, "\(port) is no port: choose 1 to 65535, or 0 for any free one.")
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, "\(port)", &hints, &list)
    guard status == 0, let address = unsafe list else {
      throw HTTPServiceError(
        .bind, "The host \(host) cannot be resolved: give a numeric address of this machine.")
    }
    defer { unsafe freeaddrinfo(list) }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = unsafe socket(address.pointee.ai_family, kind, 0)
    guard descriptor >= 0 else { throw failure("open a socket for", host, port) }
    // Accepted sockets inherit TCP_NODELAY: without it small TLS records wait for the client's acknowledgement.
    enable(SOL_SOCKET, SO_REUSEADDR, descriptor)
    enable(Int32(IPPROTO_TCP), TCP_NODELAY, descriptor)
    enable(SOL_SOCKET, SO_KEEPALIVE, descriptor)
    guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
      listen(descriptor, 1024) == 0
    else {
      let error = failure("listen on", host, port)
      Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func enable(_ level: Int32, _ option: Int32, _ descriptor: Int32) {
    var one: Int32 = 1
    unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func failure(_ action: String, _ host: String, _ port: Int) -> HTTPServiceError {
    let number = errno
    let remedy =
      switch number {
      case EADDRINUSE: "another program listens there; stop it or choose another port"
      case EADDRNOTAVAIL: "this machine does not have that address"
      case EACCES: "ports below 1024 need a privilege"
      default: "system error \(number)"
      }
    return HTTPServiceError(.bind, "Cannot \(action) \(host) port \(port): \(remedy).")
  }

  private static func localPort(_ descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe getsockname(descriptor, address, &length)
      }
    }
    precondition(status == 0, "a bound socket has a name")
    return unsafe withUnsafePointer(to: &storage) { pointer in
      unsafe SocketAddress(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)).port
    }
  }
}
