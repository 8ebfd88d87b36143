import Synchronization

/// One request on its way through a handler, as seen from both sides: the event thread, which may
/// cancel it, and the task that answers it.
final class PendingRequest: Sendable {
  /// The task that runs the handler, so that a client's going away can cancel it.
  ///
  /// `@unchecked`: an `UnsafeCurrentTask` may be cancelled from any thread as long as its task is
  /// inside `withUnsafeCurrentTask`. It is only stored, and only used, under the lock that
  /// `perform` takes before it leaves that scope.
  @safe
  private struct RunningTask: @unchecked Sendable {
    let task: UnsafeCurrentTask?

    @unsafe
    init(_ task: UnsafeCurrentTask?) {
      unsafe self.task = task
    }

    func cancel() {
      unsafe task?.cancel()
    }
  }

  private enum State {
    case waiting
    case running(RunningTask)
    case cancelled
    case over
  }

  /// The connection's number in the event loop.
  let connection: UInt64
  let request: HTTPServerRequest
  private let state = Mutex(State.waiting)

  init(connection: UInt64, request: HTTPServerRequest) {
    self.connection = connection
    self.request = request
  }

  /// Runs the handler in the current task and posts what it answers.
  func perform(
    _ handler: @Sendable (HTTPServerRequest) async -> HTTPServerResponse, mailbox: Mailbox,
    streamCapacity: Int
  ) async {
    unsafe await withUnsafeCurrentTask { task in
      guard unsafe begin(RunningTask(task)) else { return }
      defer { state.withLock { $0 = .over } }
      let response = await handler(request)
      guard case .stream(let write) = response.body, request.method != "HEAD", response.status != 204,
        response.status != 304
      else { return mailbox.post(.respond(self, response)) }
      await stream(response, write, mailbox: mailbox, capacity: streamCapacity)
    }
  }

  /// Cancels the handler's task, or keeps the handler from being run at all.
  func cancel() {
    state.withLock { state in
      switch state {
      case .waiting: state = .cancelled
      case .running(let running): running.cancel()
      case .cancelled, .over: break
      }
    }
  }

  private func begin(_ task: RunningTask) -> Bool {
    state.withLock { state in
      guard case .waiting = state else { return false }
      state = .running(task)
      return true
    }
  }

  private func stream(
    _ response: HTTPServerResponse, _ write: @Sendable (HTTPBodyWriter) async throws -> Void,
    mailbox: Mailbox,
    capacity: Int
  ) async {
    let declaredLength: Int?
    do {
      declaredLength = try ResponseEncoder.declaredLength(response)
    } catch {
      // The event thread meets the same fault, reports it and answers 500.
      return mailbox.post(.respond(self, response))
    }
    let writer = HTTPBodyWriter(
      pending: self, mailbox: mailbox, capacity: capacity, declaredLength: declaredLength)
    mailbox.post(.beginStream(self, response, writer))
    do {
      try await write(writer)
      mailbox.post(.endStream(self, isWhole: true))
    } catch is CancellationError where response.endsWhenStopping {
      mailbox.post(.endStream(self, isWhole: true))
    } catch {
      mailbox.post(.endStream(self, isWhole: false))
    }
  }
}
