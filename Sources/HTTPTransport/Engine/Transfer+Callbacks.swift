internal import CCurl

/// What curl calls while a transfer runs. A callback that returns less than it was given ends the transfer; the
/// reason is in `stop`.
extension Transfer {
  func installCallbacks() throws(TransportError) {
    // Unretained: the loop holds the transfer until curl has let go of the handle.
    let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
    let code = unsafe zd_set_callbacks(
      easy.raw, owner,
      { bytes, size, count, owner in
        let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe Transfer.from(owner).receiveHeader(line) ? size * count : 0
      },
      { bytes, size, count, owner in
        let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe Transfer.from(owner).receiveBody(part) ? size * count : 0
      },
      { owner, _, _, _, _ in
        unsafe Transfer.from(owner).beginAttempt() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
      },
      { owner, _, address in
        guard let address = unsafe address else { return zd_bad_socket() }
        return unsafe Transfer.from(owner).openSocket(address)
      })
    try EasyHandle.require(code, CURLOPT_PRIVATE)
    // Only uploads need watching: what is received is seen by the callbacks above.
    guard request.body?.isEmpty == false else { return }
    let progress = unsafe zd_set_progress(
      easy.raw, owner,
      { owner, _, _, _, uploaded in
        unsafe Transfer.from(owner).noteUpload(uploaded)
        return 0
      })
    try EasyHandle.require(progress, CURLOPT_XFERINFOFUNCTION)
  }

  static func from(_ owner: UnsafeMutableRawPointer?) -> Transfer {
    guard let owner = unsafe owner else { preconditionFailure("curl lost the owner of a callback") }
    return unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
  }

  /// A connection stands and the request is about to be written to it. curl comes here a second time when a kept
  /// connection turned out to be dead, which it does for every method: that is refused unless it is harmless.
  private func beginAttempt() -> Bool {
    if hasSentBytes && !request.mayBeSentTwice {
      stop = Stop(
        code: .closedWithoutReply,
        message: "the server closed the kept connection after the request was written to it",
        remedy: "Find out whether the request was carried out before sending it again.")
      return false
    }
    let now = MonotonicTime.now
    attempts += 1
    requestBytesBefore = easy.number(CURLINFO_REQUEST_SIZE)
    connectedAt = now
    sentAt = now
    lastActivity = now
    uploaded = 0
    head = ResponseHead()
    body = []
    decoder = nil
    firstByteAt = nil
    return true
  }

  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    let now = MonotonicTime.now
    lastActivity = now
    if firstByteAt == nil { firstByteAt = now }
    let wasComplete = head.isComplete
    do throws(ResponseHead.Problem) {
      try unsafe head.receive(line, maxBytes: request.maxHeaderBytes, maxLines: request.maxHeaderCount)
    } catch {
      stop = stop ?? Self.stop(for: error)
      return false
    }
    return wasComplete || !head.isComplete || prepareForBody()
  }

  /// Looks at what the finished head says about the body to come.
  private func prepareForBody() -> Bool {
    guard !hasNoBody else { return true }
    if request.acceptsCompression {
      do throws(BodyDecoder.Problem) {
        decoder = try BodyDecoder(contentEncoding: head.headers.values(named: "Content-Encoding"))
      } catch {
        stop = stop ?? Self.stop(for: error)
        return false
      }
    }
    // What is announced as too long need not be received first.
    if !head.isChunked, let length = head.declaredLength {
      guard length <= request.maxResponseBytes else { return refuseBody() }
      body.reserveCapacity(min(length, 4 << 20))
    }
    return true
  }

  private func receiveBody(_ part: UnsafeRawBufferPointer) -> Bool {
    lastActivity = .now
    guard let decoder else {
      let room = request.maxResponseBytes - body.count
      guard part.count <= room else {
        unsafe body.append(contentsOf: part[..<room])
        return refuseBody()
      }
      unsafe body.append(contentsOf: part)
      return true
    }
    do throws(BodyDecoder.Problem) {
      try unsafe decoder.decode(part, into: &body, most: request.maxResponseBytes)
      return true
    } catch {
      if error == .tooLarge { return refuseBody() }
      stop = stop ?? Self.stop(for: error)
      return false
    }
  }

  private func refuseBody() -> Bool {
    stop =
      stop
      ?? Stop(
        code: .bodyTooLarge, message: "the body is larger than \(request.maxResponseBytes) bytes",
        remedy: "Ask for smaller pages, or raise the response limit if the size is meant.")
    return false
  }

  private func noteUpload(_ count: curl_off_t) {
    guard count != uploaded else { return }
    uploaded = count
    let now = MonotonicTime.now
    lastActivity = now
    // Whatever is still uploaded after an early reply belongs to it.
    if firstByteAt == nil { sentAt = now }
  }

  private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    // Through a proxy this is the proxy's address, which the operator has named.
    if request.proxy == nil && egress.addresses != .any {
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = unsafe zd_address_bytes(address, &bytes)
      guard let network = NetworkAddress(bytes: Array(bytes.prefix(Int(count)))), egress.allows(network)
      else {
        refusedAddress = true
        return zd_bad_socket()
      }
    }
    return unsafe zd_open_socket(address)
  }

  /// Replies that have no body whatever their headers say.
  var hasNoBody: Bool {
    guard let status = head.status else { return true }
    return request.method == "HEAD" || status < 200 || status == 204 || status == 304
  }

  static func stop(for problem: BodyDecoder.Problem) -> Stop {
    switch problem {
    case .endsEarly:
      Stop(
        code: .partialBody, message: "the compressed body ended before its end",
        remedy: "Ask again; if it keeps happening, something between here and the platform cuts replies off.")
    case .unknownEncoding, .damaged, .tooLarge:
      Stop(
        code: .badEncoding,
        message: problem == .unknownEncoding
          ? "the body's compression is not one that was offered" : "the compressed body is damaged",
        remedy: "Ask again; switch compression off for this platform if it keeps happening.")
    }
  }

  private static func stop(for problem: ResponseHead.Problem) -> Stop {
    switch problem {
    case .tooManyBytes, .tooManyLines:
      Stop(
        code: .headersTooLarge, message: "the reply has more header bytes or lines than are accepted",
        remedy: "Check what answers there; raise the header limits if this is meant.")
    case .statusLine, .fieldLine, .lengthsDisagree:
      Stop(
        code: .malformedResponse,
        message: problem == .lengthsDisagree
          ? "the reply's Content-Length is damaged or contradicts itself"
          : "the reply's head is not in the form HTTP asks for",
        remedy: "Check what answers there: a proxy or a broken gateway may stand in between.")
    }
  }
}
