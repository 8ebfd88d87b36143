/// A body that reads, and the ways to answer its caller.
struct ReadJob: Sendable {
  let cancellation: Cancellation
  /// Runs the body and returns what gives its value to the caller.
  let perform: @Sendable (Reader) throws -> @Sendable () -> Void
  let fail: @Sendable (any Error) -> Void
}

/// One thread of the reader pool.
final class ReaderWorker {
  private let connection: Connection

  init(connection: Connection) {
    self.connection = connection
  }

  func run(_ queue: JobQueue<ReadJob>) {
    while let batch = queue.take(upTo: 1) {
      for job in batch.jobs { run(job) }
    }
    connection.close()
  }

  private func run(_ job: ReadJob) {
    guard job.cancellation.take() else { return }
    job.cancellation.begin(connection.interruptHandle)
    connection.cancellation = job.cancellation
    let result = Result { try perform(job) }
    // Nothing may interrupt the end of the transaction, nor the next job.
    job.cancellation.end()
    connection.cancellation = nil
    connection.rollback()
    switch result {
    case .success(let answer): answer()
    case .failure(let error): job.fail(job.cancellation.isCancelled ? CancellationError() : error)
    }
  }

  private func perform(_ job: ReadJob) throws -> @Sendable () -> Void {
    try connection.beginReading()
    let reader = Reader(connection)
    defer { reader.invalidate() }
    return try job.perform(reader)
  }
}
