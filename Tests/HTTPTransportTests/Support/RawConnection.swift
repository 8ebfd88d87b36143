import Glibc

/// The server's end of one connection, with nothing between the test and the bytes.
final class RawConnection: Sendable {
  let descriptor: Int32
  /// Counted from 0 in the order of acceptance.
  let index: Int

  init(descriptor: Int32, index: Int) {
    self.descriptor = descriptor
    self.index = index
  }

  /// `false` when the client is gone.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  /// What is there, at most `most` bytes; empty when the client has closed.
  func read(_ most: Int = 65536) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = unsafe recv(descriptor, &buffer, most, 0)
    return count > 0 ? Array(buffer.prefix(count)) : []
  }

  /// One request: head as text, and the body by its Content-Length. `nil` when the client has closed.
  func readRequest() -> (head: String, body: [UInt8])? {
    var received: [UInt8] = []
    var end: Int?
    var searched = 0
    while end == nil {
      let more = read()
      if more.isEmpty { return nil }
      received += more
      let blank: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
      var at = max(0, searched - 3)
      while at + 4 <= received.count {
        if received[at] == 0x0D && received[at..<at + 4].elementsEqual(blank) {
          end = at + 4
          break
        }
        at += 1
      }
      searched = received.count
    }
    let head = String(decoding: received[..<end!], as: UTF8.self)
    let length =
      head.split(separator: "\r\n").compactMap { line -> Int? in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
        return Int(parts[1].drop { $0 == " " })
      }.first ?? 0
    var body = Array(received[end!...])
    while body.count < length {
      let more = read()
      if more.isEmpty { return nil }
      body += more
    }
    return (head, body)
  }

  /// Answers with a whole reply.
  @discardableResult
  func reply(_ body: String, status: String = "200 OK", headers: [String] = []) -> Bool {
    reply(Array(body.utf8), status: status, headers: headers)
  }

  @discardableResult
  func reply(_ body: [UInt8], status: String = "200 OK", headers: [String] = []) -> Bool {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
    return write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  /// Closes with RST instead of FIN.
  func resetOnClose() {
    var value = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }

  /// Returns when the client has closed its end; drops what it sends meanwhile.
  func waitForClose() {
    while !read().isEmpty {}
  }
}

extension RawConnection {
  /// Waits until the client's system has taken everything that was written.
  func drainSendBuffer() {
    var left: Int32 = 1
    while left > 0 {
      guard unsafe ioctl(descriptor, UInt(TIOCOUTQ), &left) == 0 else { return }
      sched_yield()
    }
  }

  /// Sends FIN and goes on reading.
  func closeSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }
}
