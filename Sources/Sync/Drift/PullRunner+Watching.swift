import CivilTime
import Exchanges
import Journal
import Mapping
import SQLDatabase

/// For what is stored beside the schedule: the same contract holds there. Nothing is learned from it, since only complete windows show what is usual,
/// and how much comes is not judged, since a span that somebody chose is like no other.
extension PullRunner {
  func watch(_ derivation: Derivation) async throws -> DriftWatch {
    let (baseline, accepted) = try await ledger.incidents.opening(key, mapping: derivation.mappingID)
    return DriftWatch(derivation.mapping.entities, baseline, accepted: accepted)
  }

  /// Looks at a page before it is stored.
  ///
  /// - Throws: `DriftHeld` when it must not be, once that is in the ledger and the operation is held, as by a pull. The watch is as it was before then.
  func judge(
    _ page: PullPage, _ watch: inout DriftWatch, guarding: @escaping Guard = { _ in }
  ) async throws {
    let before = watch
    let findings = watch.take(page.surveys, of: page.exchange)
    let told = watch.takeUntold()
    guard !findings.isEmpty || !told.isEmpty else { return }
    let (key, ledger, mapping, time) = (key, ledger, mapping.name, now())
    let held = try await ledger.database.writeRegardless { transaction -> DriftHeld? in
      try guarding(transaction)
      try ledger.incidents.report(told, of: key, isHeld: false, at: time, in: transaction)
      guard !findings.isEmpty else { return nil }
      let held = DriftHeld(
        incidents: try ledger.incidents.report(findings, of: key, isHeld: true, at: time, in: transaction),
        findings: findings)
      try ledger.incidents.hold(key, mapping: mapping, at: time, in: transaction)
      try ledger.journal.conclude(
        page.exchange, .failed, SyncProblem(held).exchangeProblem, in: transaction)
      return held
    }
    guard let held else { return }
    watch = before
    throw held
  }
}
