/// Work that takes long and belongs neither to the writer nor to a reader.
enum MaintenanceJob: Sendable {
  case copyLog
  case perform(@Sendable (Connection) -> Void)
}

final class MaintenanceWorker {
  private let connection: Connection
  private let log: LogWatch

  init(connection: Connection, log: LogWatch) {
    self.connection = connection
    self.log = log
  }

  func run(_ queue: JobQueue<MaintenanceJob>) {
    while let batch = queue.take(upTo: 1) {
      for job in batch.jobs {
        switch job {
        case .copyLog:
          // A failure here loses nothing: the log keeps what was not copied, and the writer asks again.
          _ = connection.checkpoint(.passive)
          log.copied()
        case .perform(let body):
          body(connection)
        }
      }
    }
    // The program ends: leave one file behind. Another process that still reads may prevent it, which
    // does no harm.
    _ = connection.checkpoint(.truncate)
    connection.close()
  }
}
