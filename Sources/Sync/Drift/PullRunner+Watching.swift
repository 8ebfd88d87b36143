import CivilTime
import Exchanges
import Journal
import Mapping
import SQLDatabase

/// For what is stored beside the schedule: the same contract holds there. Nothing is learned from it, since only complete windows show what is usual,
/// and how much comes is not judged, since a span that somebody chose is like no other.
extension PullRunner {
  func watch(_ derivation: Derivation) async throws -> DriftWatch {
    let opening = try await ledger.incidents.opening(key, mapping: derivation.mappingID)
    return DriftWatch(derivation.mapping.entities, opening.baseline, accepted: opening.accepted)
  }

  /// Looks at a page before it is stored.
  ///
  /// - Throws: `DriftHeld` when it must not be, once that is in the ledger and the operation is held, as by a pull. The watch is as it was before then.
  func judge(
    _ page: PullPage, by arrival: DriftArrival, _ watch: inout DriftWatch,
    guarding: @escaping Guard = { _ in }
  ) async throws {
    let before = watch
    let findings = watch.take(page.surveys, of: page.exchange)
    let held = try await ledger.report(
      findings, told: watch.takeUntold(), of: key, mapping: mapping.name, by: arrival,
      ending: [page.exchange],
      at: now(), guarding: guarding)
    guard let held else { return }
    watch = before
    throw held
  }
}
