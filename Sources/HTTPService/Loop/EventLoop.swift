import CEvent
import Crypto
import Glibc

/// The event thread's own world: the listener, the connections, the clock. Made, used and torn down
/// on that thread alone, which is why nothing here is locked; libevent is never told of threads.
///
/// libevent's bufferevents are used, its evhttp is not. evhttp 2.1 either stops reading while a handler
/// works, and then no client's going away is seen, or ends the process ("illegal connection state") when
/// a client sends its next request early; and a guard before its lenient parser has to be a whole strict
/// parser anyway, after which a second reading of the same bytes can only disagree with the first.
@safe
final class EventLoop {
  enum Phase {
    case serving
    /// Stopping; handlers may finish until then (milliseconds of the loop's clock).
    case draining(until: Int64)
    /// Handlers were cancelled; what is still open then is closed.
    case cancelling(until: Int64)
  }

  /// The loop's clock, in milliseconds, is looked at this often for deadlines.
  static let tick = Duration.milliseconds(100)

  let configuration: HTTPServerConfiguration
  let shared: ServerState
  let base: OpaquePointer
  private(set) var phase = Phase.serving
  var connections: [UInt64: Connection] = [:]
  var tls: TLSServerContext?
  var date = HTTPDate()
  var listener: OpaquePointer?
  var acceptsAgainAt: Int64?
  var nextConnection: UInt64 = 0
  /// Bytes of request bodies held for all connections.
  var bufferedBodyBytes = 0
  private var wakeEvent: OpaquePointer?
  private var tickEvent: OpaquePointer?
  private var ticks = false

  init(shared: ServerState, tls: TLSServerContext?) throws(HTTPServiceError) {
    guard let base = unsafe event_base_new() else {
      throw HTTPServiceError(.resources, "libevent gave no event base: raise the limit on open files.")
    }
    unsafe self.base = base
    self.shared = shared
    self.tls = tls
    configuration = shared.configuration
  }

  deinit {
    unsafe event_base_free(base)
  }

  var isServing: Bool {
    if case .serving = phase { true } else { false }
  }

  /// Milliseconds of a clock that only goes forward.
  var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Serves until a stop has been carried out.
  func run() throws(HTTPServiceError) {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe wakeEvent = event_new(
      base, shared.mailbox.descriptor, Int16(EV_READ | EV_PERSIST),
      { _, _, context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().readMailbox()
      }, context)
    unsafe tickEvent = event_new(
      base, -1, Int16(EV_PERSIST),
      { _, _, context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().lookAtClock()
      }, context)
    defer { tearDown() }
    guard unsafe wakeEvent != nil, unsafe tickEvent != nil, unsafe event_add(wakeEvent, nil) == 0 else {
      throw HTTPServiceError(.resources, "libevent could not watch its wake-up descriptor.")
    }
    try startListening()
    let status = unsafe event_base_dispatch(base)
    guard status >= 0 else { throw HTTPServiceError(.resources, "The event loop failed.") }
  }

  /// The clock runs only while something waits for it, so that an idle server sleeps.
  func startTicking() {
    guard !ticks else { return }
    ticks = true
    var interval = timeval(tv_sec: 0, tv_usec: Int(EventLoop.tick.milliseconds) * 1000)
    unsafe event_add(tickEvent, &interval)
  }

  func forget(_ connection: Connection) {
    connections[connection.id] = nil
    shared.count { $0.openConnections = connections.count }
    if connections.isEmpty, !isServing { unsafe event_base_loopbreak(base) }
  }

  private func readMailbox() {
    for message in shared.mailbox.take() {
      switch message {
      case .respond(let pending, let response):
        connections[pending.connection]?.respond(to: pending, response)
      case .beginStream(let pending, let response, let writer):
        if let connection = connections[pending.connection] {
          connection.beginStream(for: pending, response, writer)
        } else {
          writer.close()
        }
      case .streamBytes(let pending, let bytes):
        connections[pending.connection]?.stream(for: pending, bytes)
      case .endStream(let pending, let isWhole):
        connections[pending.connection]?.endStream(for: pending, isWhole: isWhole)
      case .replaceTLS(let context): tls = context
      case .stop: stop()
      case .cancel: closeAll()
      }
    }
  }

  private func stop() {
    guard isServing else { return }
    phase = .draining(until: now + configuration.deadlines.drain.milliseconds)
    stopListening()
    for connection in Array(connections.values) { connection.prepareToStop() }
    startTicking()
    if connections.isEmpty { unsafe event_base_loopbreak(base) }
  }

  private func closeAll() {
    if isServing {
      phase = .cancelling(until: 0)
      stopListening()
    }
    for connection in Array(connections.values) { connection.close() }
    unsafe event_base_loopbreak(base)
  }

  private func lookAtClock() {
    let now = now
    resumeListening(now)
    for connection in Array(connections.values) { connection.lookAtClock(now) }
    switch phase {
    case .serving:
      if connections.isEmpty, acceptsAgainAt == nil {
        unsafe event_del(tickEvent)
        ticks = false
      }
    case .draining(let until) where now >= until:
      phase = .cancelling(until: now + configuration.deadlines.cancelled.milliseconds)
      for connection in Array(connections.values) { connection.cancelHandler() }
    case .cancelling(let until) where now >= until: closeAll()
    case .draining, .cancelling: break
    }
  }

  private func tearDown() {
    stopListening()
    for connection in Array(connections.values) { connection.close() }
    if let wakeEvent = unsafe wakeEvent { unsafe event_free(wakeEvent) }
    if let tickEvent = unsafe tickEvent { unsafe event_free(tickEvent) }
    unsafe wakeEvent = nil
    unsafe tickEvent = nil
  }
}

extension Duration {
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
