public import Adapters
import CivilTime
import Exchanges
import Journal
public import Registry
public import SQLDatabase
import Work

extension PullRunner {
  /// Asks once more for what changed within a window, and stores what comes. Watermark and progress of the schedule stay as they are.
  ///
  /// What comes is held against what is usual, as in a pull, and holds the operation in the same way; while that is held, and nobody has accepted it, nothing is
  /// asked for.
  ///
  /// - Parameters:
  ///   - window: nil for operations without windows: everything is asked for.
  ///   - part: takes what came of a page, and which of all records it had, from 0, in the transaction of each page but the last; throws where
  ///     no more is to be stored.
  ///   - keep: writes down that it was done, with the same of the last page, in the transaction of that one.
  /// - Returns: what was done; with the problem that ended it early, behind what was stored before.
  /// - Throws: `DatabaseError` and `WorkError`, which say nothing about the window; `CancellationError`.
  public func refetch(
    _ window: PullWindow?, requestID: String,
    part: @escaping @Sendable (StoreCounts, _ records: Range<Int>, Transaction) throws -> Void = { _, _, _ in
    },
    keep: @escaping @Sendable (StoreCounts, _ records: Range<Int>, Transaction) throws -> Void
  ) async throws -> PullReport {
    var report = PullReport(started: now())
    do {
      let derivation = try await derivation()
      if let standing = try await ledger.incidents.standing(key) { throw standing }
      var watch = try await self.watch(derivation)
      var progress = PullProgress()
      progress.begun = report.started
      var step = PullProgress.Step.more
      var stored = 0
      while step == .more {
        let page = try await client.page(operation, progress, window: window, requestID: requestID)
        step = try await advance(&progress, with: page.answer.facts, of: page.exchange)
        let isLast = step != .more
        let before = stored
        let note: Note = { counts, count, transaction in
          try (isLast ? keep : part)(counts, before..<before + count, transaction)
        }
        stored += try await store(page, progress, derivation, &watch, &report, note)
      }
    } catch let error as CancellationError {
      throw error
    } catch let error where Self.isOurs(error) {
      // Our own trouble says nothing about the window.
      throw error
    } catch {
      report.problem = SyncProblem(error)
      await tell(report.problem, error) { _ in }
    }
    report.finished = now()
    return report
  }

  /// The site's own database, or a lease that was lost.
  private static func isOurs(_ error: any Error) -> Bool {
    let error = (error as? ExchangeFailure)?.underlying ?? error
    return error is DatabaseError || error is WorkError
  }

  private static let unwanted = ExchangeProblem(
    code: "unwanted", errorClass: .transient,
    message: "the replay was ended, or taken over, before the answer was stored",
    remedy: "nothing: a replay that goes on asks again")

  private typealias Note = @Sendable (StoreCounts, _ records: Int, Transaction) throws -> Void

  /// - Returns: how many records it had.
  private func store(
    _ page: PlatformClient.Page, _ progress: PullProgress, _ derivation: Derivation,
    _ watch: inout DriftWatch, _ report: inout PullReport, _ note: @escaping Note
  ) async throws -> Int {
    let mapped: PullPage
    do {
      mapped = try derivation.page(page, progress: progress)
    } catch {
      try await ledger.settle(page.exchange, .failed, SyncProblem(error).exchangeProblem)
      throw ExchangeFailure(exchange: page.exchange, underlying: error)
    }
    try await judge(mapped, by: .refetch, &watch)
    report.pages += 1
    report.rows += mapped.rows
    report.skipped += mapped.skipped
    report.bytes += mapped.bytes
    let journal = ledger.journal
    do {
      report.counts += try await ledger.database.writeRegardless { transaction in
        let counts = try derivation.store(mapped, in: transaction)
        try journal.conclude(mapped.exchange, .succeeded, nil, in: transaction)
        try note(counts, mapped.prepared.count, transaction)
        return counts
      }
    } catch let error as DatabaseError {
      throw error
    } catch {
      // Whoever asked for it wants it no more. How the call ended is known all the same.
      try await ledger.settle(mapped.exchange, .failed, Self.unwanted)
      throw error
    }
    return mapped.prepared.count
  }
}
