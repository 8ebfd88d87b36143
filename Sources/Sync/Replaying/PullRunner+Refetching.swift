public import Adapters
import CivilTime
import Exchanges
import Journal
import Registry
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
  ///   - keep: writes down that it was done, in the transaction of the last page.
  /// - Returns: what was done; with the problem that ended it early, behind what was stored before.
  /// - Throws: `DatabaseError` and `WorkError`, which say nothing about the window; `CancellationError`.
  public func refetch(
    _ window: PullWindow?, requestID: String,
    keep: @escaping @Sendable (PullReport, Transaction) throws -> Void
  ) async throws -> PullReport {
    var report = PullReport(started: now())
    do {
      let derivation = try await derivation()
      if let standing = try await ledger.incidents.standing(key) { throw standing }
      var watch = try await self.watch(derivation)
      var progress = PullProgress()
      progress.begun = report.started
      var step = PullProgress.Step.more
      while step == .more {
        let page = try await client.page(operation, progress, window: window, requestID: requestID)
        step = try await advance(&progress, with: page.answer.facts, of: page.exchange)
        try await store(page, progress, derivation, isLast: step != .more, &watch, &report, keep)
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

  private func store(
    _ page: PlatformClient.Page, _ progress: PullProgress, _ derivation: Derivation, isLast: Bool,
    _ watch: inout DriftWatch, _ report: inout PullReport,
    _ keep: @escaping @Sendable (PullReport, Transaction) throws -> Void
  ) async throws {
    let mapped: PullPage
    do {
      mapped = try derivation.page(page, progress: progress)
    } catch {
      try await ledger.settle(page.exchange, .failed, SyncProblem(error).exchangeProblem)
      throw ExchangeFailure(exchange: page.exchange, underlying: error)
    }
    try await judge(mapped, &watch)
    report.pages += 1
    report.rows += mapped.rows
    report.skipped += mapped.skipped
    report.bytes += mapped.bytes
    let (key, registry, journal, before) = (key, registry, ledger.journal, report)
    report = try await ledger.database.writeRegardless { transaction in
      var after = before
      after.counts += try registry.store(mapped.prepared, in: transaction)
      after.counts.quarantined += try registry.quarantine(mapped.quarantined, in: transaction)
      try registry.release(
        mapped.released, platform: key.platform, operation: key.operation, in: transaction)
      try journal.conclude(mapped.exchange, .succeeded, nil, in: transaction)
      if isLast { try keep(after, transaction) }
      return after
    }
  }
}
