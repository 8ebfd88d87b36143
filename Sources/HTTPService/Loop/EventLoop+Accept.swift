import CEvent
import Crypto
import Glibc

extension EventLoop {
  func startListening() throws(HTTPServiceError) {
    let descriptor = shared.listeningSocket.take()
    let flags = UInt32(LEV_OPT_CLOSE_ON_FREE) | UInt32(LEV_OPT_CLOSE_ON_EXEC)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    let listener = unsafe evconnlistener_new(
      base,
      { _, descriptor, address, _, context in
        guard let context = unsafe context, let address = unsafe address else { return }
        let peer = unsafe SocketAddress(address)
        unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().accept(descriptor, from: peer)
      }, context, flags, 0, descriptor)
    guard let listener = unsafe listener else {
      Glibc.close(descriptor)
      throw HTTPServiceError(.resources, "libevent could not watch the listening socket.")
    }
    unsafe evconnlistener_set_error_cb(listener) { _, context in
      let number = errno
      guard let context = unsafe context else { return }
      unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().acceptFailed(number)
    }
    unsafe self.listener = listener
  }

  func stopListening() {
    if let listener = unsafe listener { unsafe evconnlistener_free(listener) }
    unsafe listener = nil
  }

  func resumeListening(_ now: Int64) {
    guard let time = acceptsAgainAt, now >= time else { return }
    acceptsAgainAt = nil
    if let listener = unsafe listener { unsafe evconnlistener_enable(listener) }
  }

  /// Most often there is no descriptor left. The waiting client would wake us again at once and for
  /// ever, so nothing is accepted for a while.
  private func acceptFailed(_ number: Int32) {
    shared.report(
      HTTPServiceError(
        .resources, "A connection could not be accepted (error \(number)): raise the limit on open files."))
    if let listener = unsafe listener { unsafe evconnlistener_disable(listener) }
    acceptsAgainAt = now + 500
    startTicking()
  }

  private func accept(_ descriptor: Int32, from peer: SocketAddress) {
    if connections.count >= configuration.limits.connections { closeLongestIdle() }
    guard connections.count < configuration.limits.connections else {
      shared.count { $0.refusedConnections += 1 }
      return refuse(descriptor)
    }
    guard let bufferevent = unsafe makeBufferevent(descriptor) else {
      shared.report(HTTPServiceError(.resources, "There was no memory for another connection."))
      Glibc.close(descriptor)
      return
    }
    nextConnection += 1
    let connection = unsafe Connection(
      id: nextConnection, loop: self, bufferevent: bufferevent, descriptor: descriptor, peer: peer)
    connections[connection.id] = connection
    shared.count {
      $0.acceptedConnections += 1
      $0.openConnections = connections.count
    }
    connection.start()
    startTicking()
  }

  private func makeBufferevent(_ descriptor: Int32) -> OpaquePointer? {
    let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
    guard let tls else { return unsafe bufferevent_socket_new(base, descriptor, options) }
    guard let session = unsafe tls.makeSession() else { return nil }
    let bufferevent = unsafe bufferevent_openssl_socket_new(
      base, descriptor, session, BUFFEREVENT_SSL_ACCEPTING, options)
    if let bufferevent = unsafe bufferevent {
      unsafe bufferevent_openssl_set_allow_dirty_shutdown(bufferevent, 1)
    } else {
      unsafe TLSSession.free(session)
    }
    return unsafe bufferevent
  }

  private func closeLongestIdle() {
    var longest: Connection?
    for connection in connections.values where connection.isIdle {
      if connection.idleSince < longest?.idleSince ?? .max { longest = connection }
    }
    longest?.close()
  }

  /// Every place is taken by somebody who is being served: say so if that can be said in one go.
  private func refuse(_ descriptor: Int32) {
    if tls == nil {
      let text = Array(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .utf8)
      _ = unsafe send(descriptor, text, text.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      shutdown(descriptor, Int32(SHUT_WR))
    }
    Glibc.close(descriptor)
  }
}
