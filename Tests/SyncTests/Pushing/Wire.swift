import Glibc
import Synchronization

/// A line between a client and a server on this machine that can be cut in the middle of a body.
final class Wire: Sendable {
  /// Where a connection breaks: so many bytes behind the end of the headers.
  enum Cut: Sendable {
    case request(after: Int)
    case response(after: Int)
  }

  private struct State {
    var cuts: [Cut]
    var accepted = 0
    /// Bytes of request bodies that got through, by connection.
    var passed: [Int] = []
    var open: Set<Int32> = []
    var listener: Int32?
    var isStopped = false
  }

  let port: Int
  /// Has the port while nobody listens.
  private let holder: Int32
  private let server = Atomic(0)
  private let state: Mutex<State>

  /// Takes a port; refuses connections until it is started.
  ///
  /// - Parameter cuts: of the first connections, in their order; those after them hold.
  init(cuts: [Cut] = []) {
    state = Mutex(State(cuts: cuts))
    (holder, port) = Self.bound(0)
  }

  private static func bound(_ port: UInt16) -> (socket: Int32, port: Int) {
    let socket = stream()
    var yes: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var address = Self.address(port)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
      }
    }
    precondition(bound == 0, "no port for the wire")
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// The address with this wire in front of its port.
  func url(_ address: String) -> String {
    let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    let port = parts[2].split(separator: ":")[1]
    server.store(Int(port) ?? 0, ordering: .releasing)
    return "\(parts[0])//127.0.0.1:\(self.port)" + (parts.count > 3 ? "/\(parts[3])" : "")
  }

  var accepted: Int { state.withLock { $0.accepted } }
  var passed: [Int] { state.withLock { $0.passed } }

  func start() {
    let listener = Self.bound(UInt16(port)).socket
    precondition(listen(listener, 64) == 0, "the wire cannot listen")
    state.withLock { $0.listener = listener }
    Self.thread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { break }
        let (number, cut) = state.withLock { state in
          state.accepted += 1
          state.passed.append(0)
          return (state.passed.count - 1, state.cuts.isEmpty ? nil : state.cuts.removeFirst())
        }
        connect(client, number, cut)
      }
      close(listener)
    }
  }

  /// Refuses connections again, until it is started once more, and breaks those there are.
  func refuse() {
    state.withLock { state in
      if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
      state.listener = nil
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  /// Ends everything; also a wire that was never started.
  func stop() {
    refuse()
    let wasStopped = state.withLock { state in
      defer { state.isStopped = true }
      return state.isStopped
    }
    if !wasStopped { close(holder) }
  }

  private func connect(_ client: Int32, _ number: Int, _ cut: Cut?) {
    let upstream = Self.stream()
    var address = Self.address(UInt16(server.load(ordering: .acquiring)))
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(client)
      close(upstream)
      return
    }
    state.withLock { state in
      state.open.insert(client)
      state.open.insert(upstream)
    }
    let left = Pair()
    let end: @Sendable () -> Void = { [self] in
      guard left.isLast() else { return }
      state.withLock { state in
        state.open.remove(client)
        state.open.remove(upstream)
      }
      close(client)
      close(upstream)
    }
    var (request, response): (Int?, Int?) = (nil, nil)
    switch cut {
    case .request(let bytes): request = bytes
    case .response(let bytes): response = bytes
    case nil: break
    }
    let (requestCut, responseCut) = (request, response)
    Self.thread { [self] in
      pump(client, upstream, cutAfter: requestCut) { count in
        state.withLock { $0.passed[number] += count }
      }
      end()
    }
    Self.thread { [self] in
      pump(upstream, client, cutAfter: responseCut) { _ in }
      end()
    }
  }

  /// Hands on what comes, until the end or the cut; then both sides see the connection reset.
  private func pump(
    _ source: Int32, _ target: Int32, cutAfter limit: Int?, _ passed: (Int) -> Void
  ) {
    var chunk = [UInt8](repeating: 0, count: 512)
    var head: [UInt8] = []
    var body: Int?
    while true {
      let count = unsafe recv(source, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      var allowed = count
      if let known = body {
        body = known + count
      } else {
        head += chunk[..<count]
        body = Self.bodyBytes(head)
      }
      if let limit, let body, body > limit { allowed = max(0, count - (body - limit)) }
      var sent = 0
      while sent < allowed {
        let written = unsafe chunk.withUnsafeBytes { bytes in
          unsafe send(target, bytes.baseAddress! + sent, allowed - sent, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        sent += written
      }
      passed(min(allowed, max(0, body ?? 0)))
      if allowed < count || sent < allowed { break }
    }
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(target, Int32(SHUT_RDWR))
  }

  /// Bytes behind the end of the headers; nil before it.
  private static func bodyBytes(_ bytes: [UInt8]) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    guard bytes.count >= end.count else { return nil }
    for start in 0...(bytes.count - end.count) where Array(bytes[start..<(start + end.count)]) == end {
      return bytes.count - start - end.count
    }
    return nil
  }

  private static func stream() -> Int32 {
    socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Its reads block: none of Swift's threads.
  private static func thread(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    precondition(code == 0, "no thread for the wire")
    pthread_detach(thread)
  }
}

/// Tells the last of two.
private final class Pair: Sendable {
  private let count = Atomic(2)
  func isLast() -> Bool { count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
