import CivilTime
import Exchanges
import Journal
import SQLDatabase

extension SyncLedger {
  /// Writes down what a window or a message shows that is not usual, and holds the operation where it must not be stored.
  ///
  /// - Parameters:
  ///   - holding: what keeps it from being stored.
  ///   - told: what was let through.
  ///   - arrival: how what is held has come.
  ///   - mapping: whose words are stale while the operation is held.
  ///   - exchanges: those that end with this problem.
  ///   - guarding: called in the transaction; what it throws is passed on.
  /// - Returns: nil where nothing holds.
  @discardableResult
  func report(
    _ holding: [DriftFinding], told: [DriftFinding] = [], of key: OperationKey, mapping: String,
    by arrival: DriftArrival, ending exchanges: [ExchangeID] = [], at time: Timestamp,
    guarding: @escaping PullRunner.Guard = { _ in }
  ) async throws -> DriftHeld? {
    guard !holding.isEmpty || !told.isEmpty else { return nil }
    return try await database.writeRegardless { [incidents, journal] transaction in
      try guarding(transaction)
      try incidents.report(told, of: key, isHeld: false, at: time, in: transaction)
      guard !holding.isEmpty else { return nil }
      let held = DriftHeld(
        incidents: try incidents.report(holding, of: key, isHeld: true, at: time, in: transaction),
        findings: holding, arrival: arrival)
      try incidents.hold(key, mapping: mapping, at: time, in: transaction)
      let problem = SyncProblem(held).exchangeProblem
      for exchange in exchanges { try journal.conclude(exchange, .failed, problem, in: transaction) }
      return held
    }
  }
}
