internal import CCurl

/// The work of the transfer thread: takes calls in, lets curl move bytes, hands results out. Confined to that
/// thread; the outside talks to it through the mailbox.
@safe final class TransferLoop {
  private enum Phase: Equatable {
    case running
    case draining(until: MonotonicTime)
    case aborting
  }

  private let configuration: HTTPClient.Configuration
  private let mailbox: Mailbox
  private let multi: UnsafeMutableRawPointer
  private var queue: AdmissionQueue<WaitingCall>
  private var transfers: [ObjectIdentifier: Transfer] = [:]
  private var idleHandles: [EasyHandle] = []
  private var phase = Phase.running
  private var statistics = HTTPClient.Statistics()
  /// Results of this round, handed out together at its end, when the mailbox knows that these calls are over.
  private var results: [(Call.Continuation, Result<HTTPResponse, TransportError>)] = []
  /// No time limit ends before this, so the limits are not looked at before.
  private var nextCheck = MonotonicTime(nanoseconds: .max)

  init(configuration: HTTPClient.Configuration, mailbox: Mailbox, multi: UnsafeMutableRawPointer) {
    self.configuration = configuration
    self.mailbox = mailbox
    unsafe self.multi = unsafe multi
    queue = AdmissionQueue(
      maxActive: configuration.maxConnections, maxActivePerRoute: configuration.maxConnectionsPerHost)
  }

  deinit {
    precondition(transfers.isEmpty, "a transfer outlived its loop")
    idleHandles.removeAll()
    unsafe curl_multi_cleanup(multi)
  }

  /// Runs until a shutdown was asked for and done.
  func run() {
    var mail = Mailbox.Mail()
    while true {
      takeMail(&mail)
      if phase == .aborting { break }
      admit()
      perform()
      let now = MonotonicTime.now
      if nextCheck <= now { expire(now) }
      if case .draining(let until) = phase, until <= now || (transfers.isEmpty && queue.waiting == 0) {
        break
      }
      handOut()
      if !queue.hasNext { wait(now) }
    }
    mailbox.close(into: &mail)
    for waiting in mail.submitted { refuse(waiting, Mailbox.closed(waiting.call)) }
    failEverything()
    handOut()
  }

  private var currentStatistics: HTTPClient.Statistics {
    var current = statistics
    current.waiting = queue.waiting
    current.active = transfers.count
    return current
  }

  private func takeMail(_ mail: inout Mailbox.Mail) {
    mailbox.take(into: &mail)
    for waiting in mail.submitted { accept(waiting) }
    for call in mail.cancelled { cancel(call) }
    switch mail.shutdown {
    case nil: break
    case .abort: phase = .aborting
    case .drain(let within):
      if phase == .running {
        let until = MonotonicTime.now.advanced(by: within)
        phase = .draining(until: until)
        nextCheck = min(nextCheck, until)
      }
    }
    mail.submitted.removeAll(keepingCapacity: true)
    mail.cancelled.removeAll(keepingCapacity: true)
    mail.shutdown = nil
  }

  private func accept(_ waiting: WaitingCall) {
    if waiting.call.isCancelled {
      refuse(waiting, Self.cancelled(waiting.call))
      return
    }
    queue.append(waiting, route: waiting.call.route)
    if let deadline = waiting.call.deadline { nextCheck = min(nextCheck, deadline) }
  }

  private func cancel(_ call: Call) {
    if let transfer = transfers[ObjectIdentifier(call)] {
      end(
        transfer,
        .failure(
          transfer.failure(.cancelled, "the task was cancelled", remedy: Self.cancelRemedy, now: .now)))
      return
    }
    for waiting in queue.removeWaiting(where: { $0.call === call }) {
      refuse(waiting, Self.cancelled(waiting.call))
    }
  }

  private func admit() {
    while let (waiting, route) = queue.next() {
      do throws(TransportError) {
        try start(waiting, route: route)
      } catch {
        queue.release(route: route)
        var error = error
        error.origin = waiting.call.url.origin
        refuse(waiting, error)
      }
    }
  }

  private func start(_ waiting: WaitingCall, route: String) throws(TransportError) {
    guard let easy = idleHandles.popLast() ?? EasyHandle() else {
      throw waiting.call.failure(
        .internalFailure, "curl gives no handle", remedy: "Check the memory of the machine.")
    }
    try easy.reset()
    let transfer = Transfer(waiting, route: route, easy: easy, egress: configuration.egress)
    try transfer.configure(configuration)
    let code = unsafe curl_multi_add_handle(multi, easy.raw)
    guard code == CURLM_OK else {
      throw waiting.call.failure(
        .internalFailure, "curl does not take the transfer (\(code.rawValue))", remedy: "Report it.")
    }
    transfers[ObjectIdentifier(waiting.call)] = transfer
    nextCheck = min(nextCheck, transfer.nextLook(now: transfer.startedAt))
  }

  private func perform() {
    var running: Int32 = 0
    let code = unsafe curl_multi_perform(multi, &running)
    collect()
    if code != CURLM_OK { failTransfers("curl cannot go on (\(code.rawValue))") }
  }

  private func collect() {
    var handle: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while unsafe zd_next_finished(multi, &handle, &code) != 0 {
      var owner: UnsafeMutableRawPointer?
      guard unsafe zd_get_pointer(handle, CURLINFO_PRIVATE, &owner) == CURLE_OK else {
        preconditionFailure("curl lost the owner of a transfer")
      }
      let transfer = unsafe Transfer.from(owner)
      end(transfer, transfer.outcome(code, now: .now))
    }
  }

  /// Takes the transfer out of curl, which closes its connection unless the reply was complete.
  private func end(_ transfer: Transfer, _ result: Result<HTTPResponse, TransportError>) {
    statistics.connectionsOpened += transfer.connectionsOpened
    unsafe curl_multi_remove_handle(multi, transfer.easy.raw)
    transfers[ObjectIdentifier(transfer.call)] = nil
    if idleHandles.count < configuration.maxConnections { idleHandles.append(transfer.easy) }
    queue.release(route: transfer.route)
    if case .success = result { statistics.completed += 1 } else { statistics.failed += 1 }
    results.append((transfer.continuation, result))
  }

  private func refuse(_ waiting: WaitingCall, _ error: TransportError) {
    statistics.failed += 1
    results.append((waiting.continuation, .failure(error)))
  }

  /// Tells the callers. The mailbox first: whoever is told may look at the statistics or send the next call at once.
  private func handOut() {
    mailbox.publish(currentStatistics, ended: results.count)
    for (continuation, result) in results { continuation.resume(returning: result) }
    results.removeAll(keepingCapacity: true)
  }

  private func expire(_ now: MonotonicTime) {
    for transfer in Array(transfers.values) {
      let (at, code) = transfer.nextDeadline
      guard at <= now else { continue }
      let kind = FailureKind.timeout(code)
      end(transfer, .failure(transfer.failure(code, kind.message, remedy: kind.remedy, now: now)))
    }
    let late = queue.removeWaiting { $0.call.deadline.map { $0 <= now } ?? false }
    for waiting in late {
      let kind = FailureKind.timeout(.timeoutDeadline)
      refuse(waiting, waiting.call.failure(.timeoutDeadline, kind.message, remedy: kind.remedy))
    }
    findNextCheck(now)
  }

  private func findNextCheck(_ now: MonotonicTime) {
    var next = MonotonicTime(nanoseconds: .max)
    for transfer in transfers.values { next = min(next, transfer.nextLook(now: now)) }
    queue.forEachWaiting { if let deadline = $0.call.deadline { next = min(next, deadline) } }
    if case .draining(let until) = phase { next = min(next, until) }
    nextCheck = next
  }

  private func wait(_ now: MonotonicTime) {
    let until = (nextCheck.nanoseconds - now.nanoseconds) / 1_000_000 + 1
    // Woken at least once a minute, so that a limit missed by a fault here is not missed for good.
    let code = unsafe curl_multi_poll(multi, nil, 0, Int32(max(0, min(until, 60_000))), nil)
    if code != CURLM_OK { failTransfers("curl cannot wait (\(code.rawValue))") }
  }

  private func failTransfers(_ message: String) {
    for transfer in Array(transfers.values) {
      end(
        transfer,
        .failure(transfer.failure(.internalFailure, message, remedy: "Report it.", now: .now)))
    }
  }

  private func failEverything() {
    let now = MonotonicTime.now
    for transfer in Array(transfers.values) {
      let closed = Mailbox.closed(transfer.call)
      end(transfer, .failure(transfer.failure(closed.code, closed.message, remedy: closed.remedy, now: now)))
    }
    for waiting in queue.removeWaiting(where: { _ in true }) { refuse(waiting, Mailbox.closed(waiting.call)) }
  }

  private static let cancelRemedy = "None, if the cancellation was meant."

  private static func cancelled(_ call: Call) -> TransportError {
    call.failure(.cancelled, "the task was cancelled", remedy: cancelRemedy)
  }
}
