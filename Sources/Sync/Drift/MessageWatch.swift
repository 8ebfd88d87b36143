import CivilTime
import Exchanges
import Mapping
import Registry
import SQLDatabase
import Synchronization

/// Judges what comes message by message: answers to questions, and what platforms send by themselves. The mapping's contract holds as in a pull, but for
/// how much comes, since nobody knows how much there should be.
///
/// Some messages one after the other stand for a window: they are judged together, and what they looked like is usual from then on. Each process gathers its
/// own; what it has not learned yet is gone when it ends.
final class MessageWatch: Sendable {
  private struct Window {
    var watch: DriftWatch
    var rows = 0
  }

  private struct Judgement {
    var holding: [DriftFinding]
    var told: [DriftFinding]
    /// What is usual from now on, and which acceptances that uses up; nil while the window goes on.
    var learned: (baseline: DriftBaseline, accepted: Set<DriftSubject>)?
  }

  /// Rows that stand for a window.
  static let windowRows = 50

  private let key: OperationKey
  private let mapping: CompiledMapping
  private let ledger: SyncLedger
  /// nil: the next message begins one.
  private let window = Mutex<Window?>(nil)

  init(_ key: OperationKey, _ mapping: CompiledMapping, _ ledger: SyncLedger) {
    self.key = key
    self.mapping = mapping
    self.ledger = ledger
  }

  /// Looks at a message before it is stored.
  ///
  /// - Parameter ends: the exchange ends with what holds it; else whoever asks ends it.
  /// - Throws: `DriftHeld` when it must not be stored, once that is in the ledger and the operation is held. The first message that may be lets it go again.
  func judge(
    _ page: PullPage, under mapping: DefinitionID, endsExchange ends: Bool, at time: Timestamp
  ) async throws {
    guard page.rows > 0 else { return }
    let opening = try await ledger.incidents.opening(key, mapping: mapping)
    let judgement = window.withLock { window in
      var next = window ?? Window(watch: DriftWatch(self.mapping.entities, opening.baseline, accepted: []))
      next.watch.accepted = opening.accepted
      let before = next.watch
      var judgement = Judgement(
        holding: next.watch.take(page.surveys, of: page.exchange), told: next.watch.takeUntold())
      if judgement.holding.isEmpty {
        next.rows += page.rows
      } else {
        next.watch = before
      }
      window = next
      if judgement.holding.isEmpty, opening.isHeld || next.rows >= Self.windowRows {
        judgement.learned = (next.watch.learned(), opening.accepted)
        window = nil
      }
      return judgement
    }
    let held = try await ledger.report(
      judgement.holding, told: judgement.told, of: key, mapping: self.mapping.name,
      ending: ends ? [page.exchange] : [], at: time)
    if let held { throw held }
    guard let learned = judgement.learned else { return }
    try await ledger.database.writeRegardless { [key, incidents = ledger.incidents] transaction in
      try incidents.complete(
        key, mapping: mapping, learned.baseline, accepted: learned.accepted, in: transaction)
    }
  }

  /// A message as a whole that is no longer understood is an incident too.
  func tell(_ error: MappingError, of exchange: ExchangeID, at time: Timestamp) async throws {
    let finding = DriftFinding.unreadable(SyncProblem(error).code, error.message, exchange)
    try await ledger.report([finding], of: key, mapping: mapping.name, at: time)
  }
}
