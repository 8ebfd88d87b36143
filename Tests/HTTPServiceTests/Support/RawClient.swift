import Glibc

/// A blocking TCP client that sends exactly the bytes it is told to. To be used inside `onThread`.
final class RawClient {
  enum End: Equatable {
    case orderly
    case reset
  }

  struct TimedOut: Error {}

  private var descriptor: Int32
  private(set) var received: [UInt8] = []

  init(port: Int, receiveBuffer: Int32? = nil) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if var size = receiveBuffer {
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status != 0 {
      Glibc.close(descriptor)
      descriptor = -1
    }
  }

  deinit {
    close()
  }

  var isConnected: Bool { descriptor >= 0 }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  func closeWithReset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// The beat of a loop that looks until something has happened.
  static func pause(milliseconds: Int32) {
    poll(nil, 0, milliseconds)
  }

  /// `false` when the connection no longer takes bytes.
  @discardableResult
  func send(_ text: String) -> Bool {
    send(Array(text.utf8))
  }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func closeSendingSide() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Reads until the server closes.
  func readToEnd() throws -> End {
    while true {
      switch try readSome() {
      case .some(let end): return end
      case .none: continue
      }
    }
  }

  /// Reads one whole response with a Content-Length, or without a body.
  func readResponse(hasBody: Bool = true) throws -> TestResponse? {
    while true {
      if let (response, length) = TestResponse.parse(received, hasBody: hasBody) {
        received.removeFirst(length)
        return response
      }
      if try readSome() != nil { return nil }
    }
  }

  /// Reads until `text` has come; `false` if the connection ends before.
  func readUntil(_ text: String) throws -> Bool {
    let wanted = Array(text.utf8)
    while !contains(wanted) {
      if try readSome() != nil { return false }
    }
    return true
  }

  /// Waits until there is something to read (or an end to be seen), at most so long.
  func waitReadable(milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
  }

  var hasInput: Bool { waitReadable(milliseconds: 0) }

  var receivedText: String { String(decoding: received, as: UTF8.self) }

  private func contains(_ wanted: [UInt8]) -> Bool {
    guard received.count >= wanted.count else { return false }
    return (0...(received.count - wanted.count)).contains {
      received[$0] == wanted[0] && received[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
  }

  private func readSome() throws -> End? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    if count == 0 { return .orderly }
    if count < 0 {
      guard errno == ECONNRESET || errno == EPIPE else { throw TimedOut() }
      return .reset
    }
    received.append(contentsOf: buffer.prefix(count))
    return nil
  }
}

/// A client handed from one `onThread` to the next; never used by two threads at a time.
struct SendableClient: @unchecked Sendable {
  let client: RawClient

  init(_ client: RawClient) {
    self.client = client
  }
}
