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
    // Which connection is the last, of all processes, the engine knows: that one leaves one file behind. A copy made by each that goes would hold up
    // those that stay.
    connection.close()
  }
}
