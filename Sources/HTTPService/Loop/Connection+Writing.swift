import CEvent
import Glibc

extension Connection {
  /// Bytes the client has not taken from us yet.
  var outputLength: Int {
    isClosed ? 0 : unsafe evbuffer_get_length(bufferevent_get_output(bufferevent))
  }

  /// The handler's answer. Ignored if the connection has gone on without it.
  func respond(to pending: PendingRequest, _ response: HTTPServerResponse) {
    guard case .handling(let current) = phase, current === pending else { return }
    deliver(response)
  }

  /// Sends a response whose body is there as a whole.
  func deliver(_ response: HTTPServerResponse) {
    charge(0)
    deadline = nil
    if case .abort = response.body {
      shared { $0.abortedResponses += 1 }
      return reset()
    }
    do throws(HTTPServiceError) {
      var (bytes, framing, keepAlive) = try encode(response)
      phase = .flushing(keepAlive ? .nextRequest : .close)
      var rest: [UInt8] = []
      if framing != .none, case .bytes(let body) = response.body {
        // One call to the system for what is small, no copy of what is large.
        if body.count <= 32 * 1024 { bytes.append(contentsOf: body) } else { rest = body }
      }
      send(bytes)
      if !rest.isEmpty { send(rest) }
      finishIfFlushed()
    } catch {
      answerBroken(error)
    }
  }

  func beginStream(for pending: PendingRequest, _ response: HTTPServerResponse, _ writer: HTTPBodyWriter) {
    guard case .handling(let current) = phase, current === pending else { return writer.close() }
    charge(0)
    do throws(HTTPServiceError) {
      let (bytes, framing, keepAlive) = try encode(response)
      phase = .streaming(
        pending,
        OutgoingStream(
          writer: writer, framing: framing, keepAlive: keepAlive, endsWhenStopping: response.endsWhenStopping)
      )
      send(bytes)
      if response.endsWhenStopping, !loop.isServing { pending.cancel() }
    } catch {
      writer.close()
      answerBroken(error)
    }
  }

  private func answerBroken(_ error: HTTPServiceError) {
    loop.shared.report(error)
    keepsAlive = false
    deliver(RequestRefusal.brokenResponse.response)
  }

  func stream(for pending: PendingRequest, _ bytes: [UInt8]) {
    guard case .streaming(let current, var stream) = phase, current === pending else { return }
    let framed = stream.frame(bytes)
    phase = .streaming(pending, stream)
    send(framed)
    updateWriter()
  }

  /// The handler has written all it wanted, or has failed on the way.
  func endStream(for pending: PendingRequest, isWhole: Bool) {
    guard case .streaming(let current, let stream) = phase, current === pending else { return }
    stream.writer.close()
    if isWhole, stream.isComplete {
      phase = .flushing(stream.keepAlive ? .nextRequest : .close)
      if stream.framing == .chunked { send(Array("0\r\n\r\n".utf8)) }
    } else {
      shared { $0.abortedResponses += 1 }
      phase = .flushing(isWhole ? .close : .reset)
    }
    finishIfFlushed()
  }

  func writable() {
    updateWriter()
    finishIfFlushed()
  }

  /// Straight to the system if nothing waits and there is no TLS in between, which saves two system
  /// calls and a turn of the loop; what it does not take goes the usual way.
  func send(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    given += bytes.count
    var sent = 0
    let waiting = outputLength
    if waiting == 0 {
      progressAt = loop.now
      if !isSecure {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        // An error is found again, and acted upon, by libevent.
        sent = max(0, unsafe Glibc.send(descriptor, bytes, bytes.count, flags))
      }
    }
    guard sent < bytes.count else { return }
    unsafe bytes.withUnsafeBytes { buffer in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
      _ = unsafe bufferevent_write(bufferevent, rest.baseAddress, rest.count)
    }
  }

  private func encode(
    _ response: HTTPServerResponse
  ) throws(HTTPServiceError) -> (bytes: [UInt8], framing: ResponseEncoder.Framing, keepAlive: Bool) {
    loop.date.update(HTTPDate.now())
    let encoder = ResponseEncoder(
      isHead: method == "HEAD", minorVersion: minorVersion, mayKeepAlive: keepsAlive && loop.isServing,
      date: loop.date.text)
    return try encoder.encode(response)
  }

  private func updateWriter() {
    guard case .streaming(_, let stream) = phase else { return }
    stream.writer.update(accepted: stream.accepted, unsent: outputLength)
  }

  private func finishIfFlushed() {
    guard case .flushing(let ending) = phase, outputLength == 0 else { return }
    switch ending {
    case .close: lingerAndClose()
    case .reset: reset()
    case .nextRequest:
      phase = .receiving
      hasBegun = false
      idleSince = loop.now
      setDeadline(.idle, loop.configuration.deadlines.idle)
      processInput()
      if isIdle, !loop.isServing { close() }
    }
  }
}
