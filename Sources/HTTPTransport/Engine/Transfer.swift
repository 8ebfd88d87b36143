internal import CCurl

/// A call in progress: what was sent, what has come back, and why it must stop. Belongs to the transfer thread,
/// curl's callbacks included.
final class Transfer {
  /// Why we end a transfer that curl would go on with.
  struct Stop {
    let code: TransportError.Code
    let message: String
    let remedy: String
  }

  let call: Call
  let route: String
  let easy: EasyHandle
  let egress: EgressPolicy
  let startedAt: MonotonicTime
  let continuation: Call.Continuation

  /// The first reason wins; curl's own code is then only a consequence.
  var stop: Stop?
  var attempts = 0
  /// curl's count of request bytes when the current attempt began: before it lie earlier attempts and proxies.
  var requestBytesBefore = 0
  var connectedAt: MonotonicTime?
  var sentAt: MonotonicTime?
  var firstByteAt: MonotonicTime?
  var lastActivity: MonotonicTime
  var uploaded: curl_off_t = 0
  var refusedAddress = false
  var head = ResponseHead()
  var body: [UInt8] = []
  /// Set when the body is compressed.
  var decoder: BodyDecoder?

  init(_ waiting: WaitingCall, route: String, easy: EasyHandle, egress: EgressPolicy) {
    call = waiting.call
    continuation = waiting.continuation
    self.route = route
    self.easy = easy
    self.egress = egress
    startedAt = .now
    lastActivity = startedAt
  }

  var request: HTTPRequest { call.request }

  /// The moment something must have happened by, and what has timed out when it has not.
  var nextDeadline: (at: MonotonicTime, code: TransportError.Code) {
    let timeouts = request.timeouts
    var next = (at: startedAt.advanced(by: timeouts.total), code: TransportError.Code.timeoutTotal)
    let silence =
      connectedAt == nil
      ? (at: startedAt.advanced(by: timeouts.connect), code: TransportError.Code.timeoutConnect)
      : (at: lastActivity.advanced(by: timeouts.idle), code: .timeoutIdle)
    if silence.at < next.at { next = silence }
    if let deadline = call.deadline, deadline < next.at { next = (deadline, .timeoutDeadline) }
    return next
  }

  /// When to look at ``nextDeadline`` again. Activity only moves it later, with one exception: silence is counted
  /// from the moment the connection stands, which may be right after this look.
  func nextLook(now: MonotonicTime) -> MonotonicTime {
    let deadline = nextDeadline.at
    return connectedAt == nil ? min(deadline, now.advanced(by: request.timeouts.idle)) : deadline
  }

  /// Whether a byte of the request was written in the attempt under way.
  var hasSentBytes: Bool {
    attempts > 0 && easy.number(CURLINFO_REQUEST_SIZE) > requestBytesBefore
  }

  func timings(now: MonotonicTime) -> TransferTimings {
    let zero = call.queuedAt
    return TransferTimings(
      queuedAt: call.queuedAtWall, started: startedAt.duration(since: zero),
      connected: connectedAt?.duration(since: zero),
      sent: hasSentBytes ? sentAt?.duration(since: zero) : nil,
      firstByte: firstByteAt?.duration(since: zero), done: now.duration(since: zero))
  }
}
