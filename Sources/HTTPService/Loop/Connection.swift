import CEvent
import Crypto
import Glibc

/// One client's connection, which serves its requests one after the other. Lives on the event thread.
///
/// `Connection+Reading` takes requests in, `Connection+Writing` sends responses out; here is what
/// they share and how a connection ends.
@safe
final class Connection {
  enum Phase {
    /// Between requests or inside one that has not arrived whole.
    case receiving
    case handling(PendingRequest)
    case streaming(PendingRequest, OutgoingStream)
    /// The response is complete; its last bytes are on their way.
    case flushing(Ending)
    /// Our side is closed; what still comes is thrown away until the client closes too.
    case lingering
    case closed
  }

  /// What follows when the output is empty.
  enum Ending {
    case nextRequest
    case close
    case reset
  }

  enum DeadlineKind {
    case idle
    case header
    case body
    case linger
  }

  let id: UInt64
  unowned let loop: EventLoop
  let bufferevent: OpaquePointer
  let descriptor: Int32
  let peer: SocketAddress
  let isSecure: Bool
  var phase = Phase.receiving
  var parser: RequestParser
  /// The method and version of the request being answered.
  var method = "GET"
  /// Whether that is the method of the request at hand, and not of one before it.
  var knowsMethod = false
  var minorVersion = 1
  var keepsAlive = false
  /// Whether a byte of the next request has come.
  var hasBegun = false
  var requests = 0
  var deadline: (time: Int64, kind: DeadlineKind)?
  var idleSince: Int64
  /// When the client closed its sending side.
  var endOfInput: Int64?
  var isShakingHands: Bool
  var clientSubject: String?
  /// Body bytes charged to the loop's budget.
  var charged = 0
  /// Bytes given to the output since the beginning, for telling progress.
  var given = 0
  var taken = 0
  var progressAt: Int64

  @unsafe
  init(id: UInt64, loop: EventLoop, bufferevent: OpaquePointer, descriptor: Int32, peer: SocketAddress) {
    self.id = id
    self.loop = loop
    unsafe self.bufferevent = bufferevent
    self.descriptor = descriptor
    self.peer = peer
    isSecure = loop.tls != nil
    isShakingHands = isSecure
    parser = RequestParser(limits: loop.configuration.limits)
    idleSince = loop.now
    progressAt = idleSince
  }

  var isClosed: Bool {
    if case .closed = phase { true } else { false }
  }

  /// Whether it is open only in case another request comes.
  var isIdle: Bool {
    if case .receiving = phase { !hasBegun } else { false }
  }

  func start() {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe bufferevent_setcb(
      bufferevent,
      { _, context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().readable()
      },
      { _, context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().writable()
      },
      { _, what, context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().changed(Int32(what))
      }, context)
    // Reading goes on while a handler runs, so that a client's going away is seen; what it sends ahead
    // waits here, and no more than this.
    let limits = loop.configuration.limits
    unsafe bufferevent_setwatermark(bufferevent, Int16(EV_READ), 0, limits.headerBytes + 16 * 1024)
    unsafe bufferevent_setwatermark(bufferevent, Int16(EV_WRITE), limits.streamBufferBytes / 4, 0)
    setDeadline(.header, loop.configuration.deadlines.header)
    unsafe bufferevent_set_max_single_read(bufferevent, 64 * 1024)
    unsafe bufferevent_set_max_single_write(bufferevent, 256 * 1024)
    unsafe bufferevent_enable(bufferevent, Int16(EV_READ | EV_WRITE))
  }

  func setDeadline(_ kind: DeadlineKind, _ duration: Duration) {
    deadline = (loop.now + duration.milliseconds, kind)
  }

  func charge(_ bytes: Int) {
    loop.bufferedBodyBytes += bytes - charged
    charged = bytes
  }

  /// Ends the connection at once; a handler still at work is cancelled.
  func close() {
    guard !isClosed else { return }
    switch phase {
    case .handling(let pending): pending.cancel()
    case .streaming(let pending, let stream):
      pending.cancel()
      stream.writer.close()
    default: break
    }
    phase = .closed
    charge(0)
    deadline = nil
    unsafe bufferevent_free(bufferevent)
    loop.forget(self)
  }

  /// Ends it so that the client sees a reset (RST), not an orderly end.
  func reset() {
    guard !isClosed else { return }
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Closes our side and reads on for a while: closing with unread input would reset the connection
  /// and take the response away from a client that is still sending.
  func lingerAndClose() {
    guard endOfInput == nil else { return close() }
    phase = .lingering
    charge(0)
    setDeadline(.linger, loop.configuration.deadlines.linger)
    if isSecure, let session = unsafe bufferevent_openssl_get_ssl(bufferevent) {
      unsafe TLSSession.close(session)
    }
    shutdown(descriptor, Int32(SHUT_WR))
    readable()
  }

  /// The server is stopping: nothing new begins here.
  func prepareToStop() {
    switch phase {
    case .receiving where !hasBegun: close()
    case .streaming(let pending, let stream) where stream.endsWhenStopping: pending.cancel()
    default: break
    }
  }

  func cancelHandler() {
    switch phase {
    case .handling(let pending), .streaming(let pending, _): pending.cancel()
    case .receiving: close()
    case .flushing, .lingering, .closed: break
    }
  }

  func lookAtClock(_ now: Int64) {
    let deadlines = loop.configuration.deadlines
    let unsent = outputLength
    if given - unsent != taken {
      taken = given - unsent
      progressAt = now
    } else if unsent > 0, now - progressAt >= deadlines.write.milliseconds {
      return reset()
    }
    switch phase {
    case .receiving:
      guard let deadline, now >= deadline.time else { return }
      switch deadline.kind {
      case .header where hasBegun: refuse(.headerDeadline)
      case .body: refuse(.bodyDeadline)
      case .header, .idle, .linger: close()
      }
    case .handling:
      if let endOfInput, now - endOfInput >= deadlines.halfClose.milliseconds { close() }
    case .streaming(_, let stream):
      // A stream of some length finds out by writing; one that waits for events would never.
      if stream.endsWhenStopping, let endOfInput, now - endOfInput >= deadlines.halfClose.milliseconds {
        close()
      }
    case .lingering:
      if let deadline, now >= deadline.time { close() }
    case .flushing, .closed: break
    }
  }

  private func changed(_ what: Int32) {
    guard !isClosed else { return }
    if what & BEV_EVENT_CONNECTED != 0 {
      if let session = unsafe bufferevent_openssl_get_ssl(bufferevent) {
        clientSubject = unsafe TLSSession.peerSubject(session)
      }
      isShakingHands = false
      return
    }
    if isShakingHands {
      let reason = TLSSession.reason(unsafe bufferevent_get_openssl_error(bufferevent))
      shared { $0.failedHandshakes += 1 }
      if let reason {
        loop.shared.report(HTTPServiceError(.handshake, "A TLS handshake failed: \(reason)."))
      }
    }
    // After the end of TLS input libevent also stops writing, so there is no half-closed TLS connection.
    guard what & BEV_EVENT_EOF != 0, !isSecure else { return close() }
    endOfInput = loop.now
    switch phase {
    case .receiving: processInput()
    case .lingering: close()
    case .handling, .streaming, .flushing, .closed: break
    }
  }

  func shared(_ change: (inout HTTPServerStatistics) -> Void) {
    loop.shared.count(change)
  }
}
