import CEvent
import Glibc

extension Connection {
  func readable() {
    switch phase {
    case .receiving: processInput()
    case .lingering:
      let input = unsafe bufferevent_get_input(bufferevent)
      unsafe evbuffer_drain(input, evbuffer_get_length(input))
    case .handling, .streaming, .flushing, .closed: break
    }
  }

  /// Takes requests off the input until one is complete or more bytes are needed.
  func processInput() {
    while case .receiving = phase {
      guard let input = unsafe bufferevent_get_input(bufferevent) else { return }
      let available = unsafe evbuffer_get_length(input)
      guard available > 0 else { break }
      begin()
      // A header is looked at as a whole, a body piece by piece as it lies there.
      let count = parser.isReadingHead ? available : unsafe evbuffer_get_contiguous_space(input)
      guard let start = unsafe evbuffer_pullup(input, count) else { return refuse(.overloaded) }
      let consumed: Int
      let step: RequestParser.Step
      do throws(RequestRefusal) {
        (consumed, step) = try parser.advance(unsafe Span(_unsafeStart: UnsafePointer(start), count: count))
      } catch {
        return refuse(error)
      }
      unsafe evbuffer_drain(input, consumed)
      switch step {
      case .needsMore:
        charge(parser.bufferedBytes)
        if loop.bufferedBodyBytes > loop.configuration.limits.bufferedBodyBytes { return refuse(.overloaded) }
        if consumed == 0 { return closeAtEnd() }
      case .head(let head):
        setDeadline(.body, loop.configuration.deadlines.body)
        note(head)
        if head.expectsContinue { send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
      case .request(let head, let body): dispatch(head, body)
      }
    }
    closeAtEnd()
  }

  /// Nothing more will come to complete a request.
  private func closeAtEnd() {
    if case .receiving = phase, endOfInput != nil { close() }
  }

  /// The first byte of a request has come: from now on its header has a deadline. The first request of
  /// a connection has had one since the connection was accepted.
  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    // Until the header is read, a refusal must not be shaped by the request before.
    method = "GET"
    knowsMethod = false
    minorVersion = 1
    if requests > 0 { setDeadline(.header, loop.configuration.deadlines.header) }
  }

  private func note(_ head: RequestHead) {
    method = head.method
    knowsMethod = true
    minorVersion = head.minorVersion
    keepsAlive = head.keepAlive
  }

  private func dispatch(_ head: RequestHead, _ body: [UInt8]) {
    note(head)
    charge(body.count)
    deadline = nil
    requests += 1
    let request = HTTPServerRequest(
      method: head.method, path: head.path, query: head.query, headers: head.fields, body: body,
      remoteAddress: peer.host, remotePort: peer.port, isSecure: isSecure,
      clientCertificateSubject: clientSubject)
    let pending = PendingRequest(connection: id, request: request)
    phase = .handling(pending)
    shared { $0.requests += 1 }
    if !loop.shared.queue.push(pending) { refuse(.overloaded) }
  }

  /// Answers a request that is not let through and ends the connection.
  func refuse(_ refusal: RequestRefusal) {
    shared { $0.refusedRequests += 1 }
    keepsAlive = false
    guard let answer = loop.configuration.refused else { return deliver(refusal.response) }
    deliver(
      answer(
        HTTPRefusal(
          status: refusal.status, code: refusal.code, detail: refusal.detail,
          method: knowsMethod ? method : nil)))
  }
}
