internal import Glibc

/// The only thread that writes. Bodies that are queued when it comes round share one commit, so that many small
/// writes cost one flush of the disk. A patient body has a commit of its own, which the next flush takes along.
final class Writer {
  /// A body and the ways to answer its caller. The closures capture the caller's continuation.
  struct Job: Sendable {
    typealias Answer = @Sendable ((any Error)?) -> Void

    /// Runs the body. The answer it returns is given once the commit has succeeded or failed.
    let perform: @Sendable (Transaction) throws -> Answer
    /// Answers instead of `perform`'s result.
    let fail: @Sendable (any Error) -> Void
    /// False when the caller has given up and been answered.
    let take: @Sendable () -> Bool
  }

  private let connection: Connection
  private let configuration: DatabaseConfiguration
  private let log: LogWatch

  init(connection: Connection, configuration: DatabaseConfiguration, log: LogWatch) {
    self.connection = connection
    self.configuration = configuration
    self.log = log
  }

  func run(_ queue: JobQueue<Job>) {
    while let batch = queue.take(upTo: configuration.groupLimit) {
      var remaining = batch.jobs[...]
      connection.flushesCommits = !batch.isPatient
      while !remaining.isEmpty {
        remaining = commitGroup(remaining)
        log.afterCommit(on: connection)
      }
    }
    connection.close()
  }

  /// Runs as many jobs as one transaction takes, commits, answers them, and returns the jobs left over.
  private func commitGroup(_ jobs: ArraySlice<Job>) -> ArraySlice<Job> {
    do {
      try connection.begin()
    } catch {
      for job in jobs where job.take() { job.fail(error) }
      return []
    }
    let deadline = Self.milliseconds() + configuration.groupMilliseconds
    var answers: [Job.Answer] = []
    var remaining = jobs
    while let job = remaining.popFirst() {
      guard job.take() else { continue }
      // With nothing before it in the transaction a failing body can take all of it, which saves the
      // engine from keeping the old content of every page that the body changes.
      let isAlone = answers.isEmpty
      do {
        if !isAlone { try connection.savepoint() }
        answers.append(try perform(job))
        if !isAlone { try connection.release() }
      } catch {
        if isAlone {
          connection.rollback()
          job.fail(error)
          return remaining
        }
        let loss = undoSavepoint(after: error)
        job.fail(error)
        if let loss {
          for answer in answers { answer(loss) }
          return remaining
        }
      }
      if Self.milliseconds() >= deadline { break }
    }
    finish(answers)
    return remaining
  }

  private func perform(_ job: Job) throws -> Job.Answer {
    let transaction = Transaction(connection)
    connection.enterBody()
    let answer: Job.Answer
    do {
      answer = try job.perform(transaction)
      transaction.invalidate()
    } catch {
      transaction.invalidate()
      // What the engine said first explains more than what the body made of it.
      try connection.leaveBody()
      throw error
    }
    try connection.leaveBody()
    let actions = transaction.actions
    guard !actions.isEmpty else { return answer }
    return { failure in
      if failure == nil { for action in actions { action() } }
      answer(failure)
    }
  }

  /// Undoes one body. Returns the error to tell the bodies before it when the whole transaction is gone.
  private func undoSavepoint(after error: any Error) -> (any Error)? {
    guard !connection.isAutocommit else { return error }
    do {
      try connection.rollbackToSavepoint()
      return nil
    } catch {
      connection.rollback()
      return error
    }
  }

  private func finish(_ answers: [Job.Answer]) {
    var failure: (any Error)?
    do {
      try connection.commit()
    } catch {
      connection.rollback()
      failure = error
    }
    for answer in answers { answer(failure) }
  }

  private static func milliseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
