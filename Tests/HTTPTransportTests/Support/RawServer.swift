import Glibc
import Synchronization

/// A listening socket on 127.0.0.1 whose connections are handed to a script, each on a thread of its own.
final class RawServer: Sendable {
  typealias Script = @Sendable (RawConnection) -> Void

  private struct State {
    var open: Set<Int32> = []
    var accepted = 0
    var running = 0
    var isStopped = false
  }

  let port: Int
  private let listener: Int32
  private let state = Mutex(State())

  init(backlog: Int32 = 1024, _ script: @escaping Script) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var bound: Int32 = -1
    let listener = listener
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bound = unsafe bind(listener, $0, length)
        if bound == 0 { bound = unsafe getsockname(listener, $0, &length) }
      }
    }
    precondition(bound == 0 && listen(listener, backlog) == 0, "the test server cannot listen")
    port = Int(UInt16(bigEndian: address.sin_port))
    OwnThread.start { [self] in acceptLoop(script) }
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// Connections accepted so far.
  var accepted: Int { state.withLock { $0.accepted } }

  /// Ends the listener and every connection; scripts see their reads and writes fail.
  func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func acceptLoop(_ script: @escaping Script) {
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { break }
      // A process a test starts must not keep the connection open.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      var yes: Int32 = 1
      unsafe setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      let index: Int? = state.withLock { state in
        guard !state.isStopped else { return nil }
        state.open.insert(descriptor)
        state.accepted += 1
        return state.accepted - 1
      }
      guard let index else {
        close(descriptor)
        break
      }
      OwnThread.start { [self] in
        script(RawConnection(descriptor: descriptor, index: index))
        state.withLock { state in
          state.open.remove(descriptor)
          close(descriptor)
        }
      }
    }
    close(listener)
  }
}

/// A server for as long as `body` runs.
func withServer<T>(
  _ script: @escaping RawServer.Script, _ body: (RawServer) async throws -> T
) async rethrows -> T {
  let server = RawServer(script)
  defer { server.stop() }
  return try await body(server)
}
