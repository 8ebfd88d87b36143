import CivilTime
import Exchanges
import Mapping
import Registry
import SQLDatabase
import Synchronization

/// Judges what comes message by message: answers to questions, and what platforms send by themselves. The mapping's contract holds as in a pull, but for
/// how much comes, since nobody knows how much there should be.
///
/// Some messages one after the other stand for a window. What a window looked like is usual once the next one is over as well: a change that begins at the end
/// of one would else be learned before enough of it has come to be noticed. Each process gathers its own; what it has not learned yet is gone when it ends.
final class MessageWatch: Sendable {
  private struct Window {
    var watch: DriftWatch
    /// What had been accepted when it began.
    let accepted: Set<DriftSubject>
    var rows = 0
    /// Of the window before, in which nothing was found that holds.
    var before: MessageLearning?
  }

  private struct State {
    /// nil: the next message begins one.
    var window: Window?
    var held = HeldMessages()
    var unread = UnreadMessages()
  }

  private struct Judgement {
    var holding: [DriftFinding]
    var told: [DriftFinding]
    var learning: MessageLearning?
  }

  /// Rows that stand for a window.
  static let windowRows = 50

  private let key: OperationKey
  private let mapping: CompiledMapping
  private let entities: Set<String>
  private let ledger: SyncLedger
  private let arrival: DriftArrival
  private let state = Mutex(State())

  init(_ key: OperationKey, _ mapping: CompiledMapping, _ ledger: SyncLedger, by arrival: DriftArrival) {
    self.key = key
    self.mapping = mapping
    entities = Set(mapping.entities.map(\.name))
    self.ledger = ledger
    self.arrival = arrival
  }

  /// Looks at a message before it is stored.
  ///
  /// - Throws: `DriftHeld` when it must not be stored, once that is in the ledger and the operation is held: the exchange of an answer ends with it, that of a call
  ///   whoever took it ends. A message that shows nothing of what holds it, but for what somebody has accepted, is stored, and lets it go again; of what is found in
  ///   some rows among others it takes ``DriftRules/leastFaultRows``.
  func judge(
    _ page: PullPage, under mapping: DefinitionID, at time: Timestamp
  ) async throws {
    guard page.rows > 0 else { return }
    if !page.prepared.isEmpty { state.withLock { $0.unread.end(with: page.exchange) } }
    let opening = try await ledger.incidents.opening(key, mapping: mapping)
    if let held = opening.held {
      // Of an entity that the mapping does not have no row ever comes.
      let judged = held.filter { $0.entity.isEmpty || entities.contains($0.entity) }
      let doubtful = state.withLock { state in
        // What was gathered may be of what holds it.
        state.window = nil
        state.held.begin(held, since: opening.since)
        return state.held.take(
          page.surveys, against: judged.subtracting(opening.accepted), opening.baseline)
      }
      let shown = judged.filter { subject in
        page.surveys[subject.entity].map {
          DriftRules.shows(subject, $0, opening.baseline.entities[subject.entity])
        } ?? false
      }
      let standing = shown.subtracting(opening.accepted)
      // And for what may have come to it since.
      var alone = DriftWatch(self.mapping.entities, opening.baseline, accepted: opening.accepted)
      let new = alone.take(page.surveys, of: page.exchange).filter { !standing.contains($0.subject) }
      let isWhole = state.withLock { state in
        // A message that gives no record is not what the platform used to send.
        let entities = page.surveys.filter { !page.prepared.isEmpty && $0.value.rows > 0 }.keys
        state.held.pass(entities, but: standing.union(new.map(\.subject)))
        return state.held.arePassed(judged.subtracting(opening.accepted))
      }
      try await report(
        standing.sorted().map { subject in
          opening.baseline.unsettled.contains(subject)
            ? .unsettled(subject, page.exchange) : .still(subject, in: page)
        } + new, [], page, at: time)
      guard isWhole, doubtful.isEmpty, !page.prepared.isEmpty else { return }
      try await letGo(judged: held, under: mapping)
    } else {
      let judgement = look(at: page, opening.baseline, accepted: opening.accepted)
      try await report(judgement.holding, judgement.told, page, at: time)
      if let learning = judgement.learning { try await learn(learning, under: mapping) }
    }
  }

  private func look(
    at page: PullPage, _ baseline: DriftBaseline, accepted: Set<DriftSubject>
  ) -> Judgement {
    state.withLock { state in
      state.held = HeldMessages()
      var next =
        state.window
        ?? Window(watch: DriftWatch(mapping.entities, baseline, accepted: []), accepted: accepted)
      (next.watch.baseline, next.watch.accepted) = (baseline, accepted)
      var judgement = Judgement(
        holding: next.watch.take(page.surveys, of: page.exchange), told: next.watch.takeUntold())
      next.rows += page.rows
      if !judgement.holding.isEmpty {
        state.window = nil
      } else if next.rows >= Self.windowRows {
        var learning = next.watch.learning
        judgement.learning = next.before
        // What begins a window later is what was accepted.
        judgement.learning?.unmet.subtract(learning.moved)
        learning.unmet = next.accepted.filter { Self.isUnmet($0, in: learning, baseline) }
        state.window = Window(
          watch: DriftWatch(mapping.entities, baseline, accepted: accepted, waiting: next.watch),
          accepted: accepted, before: learning)
      } else {
        state.window = next
      }
      return judgement
    }
  }

  /// Whether a window had enough rows to show what was accepted, and does not.
  private static func isUnmet(
    _ subject: DriftSubject, in window: MessageLearning, _ baseline: DriftBaseline
  ) -> Bool {
    guard let survey = window.surveys[subject.entity], survey.rows >= DriftRules.leastFaultRows else {
      return false
    }
    return !DriftRules.shows(subject, survey, baseline.entities[subject.entity])
  }

  private func report(
    _ holding: [DriftFinding], _ told: [DriftFinding], _ page: PullPage, at time: Timestamp
  ) async throws {
    let held = try await ledger.report(
      holding, told: told, of: key, mapping: mapping.name, by: arrival,
      ending: arrival == .answer ? [page.exchange] : [], at: time)
    if let held { throw held }
  }

  private func learn(_ learning: MessageLearning, under mapping: DefinitionID) async throws {
    try await ledger.database.writeRegardless { [key, incidents = ledger.incidents] transaction in
      try incidents.learn(learning, of: key, mapping: mapping, in: transaction)
    }
  }

  /// What was accepted stays so until a window has shown how much of it comes.
  private func letGo(judged: Set<DriftSubject>, under mapping: DefinitionID) async throws {
    try await ledger.database.writeRegardless { [key, incidents = ledger.incidents] transaction in
      // Something else may hold it by now.
      let held = try incidents.opening(key, mapping: mapping, transaction).held
      guard let held, held.isSubset(of: judged) else { return }
      try incidents.release(key, in: transaction)
    }
  }

  /// Takes a message that was sent and of which nothing could be read: it is an incident when it is no longer one bad row.
  ///
  /// - Parameter rows: those of it, by their digests.
  /// - Returns: whether its rows are to be judged with those of other messages: they are bad ones, and were not seen before.
  @discardableResult
  func refuse(
    _ error: MappingError, rows: [[UInt8]], of exchange: ExchangeID, at time: Timestamp
  ) async throws -> Bool {
    switch state.withLock({ $0.unread.take(rows, of: exchange) }) {
    case .repeated: return false
    case .new: return true
    case .tells:
      try await tell(error, of: exchange, at: time)
      return false
    }
  }

  /// A message as a whole that is no longer understood is an incident too.
  func tell(_ error: MappingError, of exchange: ExchangeID, at time: Timestamp) async throws {
    let finding = DriftFinding.unreadable(SyncProblem(error).code, error.message, exchange)
    try await ledger.report([finding], of: key, mapping: mapping.name, by: arrival, at: time)
  }
}

/// What some messages looked like, by entity.
struct MessageLearning: Sendable {
  var surveys: [String: EntitySurvey]
  /// What was let through, and is usual from then on.
  var moved: Set<DriftSubject>
  /// What was accepted before, and is not so.
  var unmet: Set<DriftSubject> = []
}

extension IncidentLedger {
  /// Takes what messages looked like for usual, upon what is known by now.
  func learn(
    _ learning: MessageLearning, of key: OperationKey, mapping: DefinitionID, in transaction: Transaction
  ) throws {
    let opening = try opening(key, mapping: mapping, transaction)
    var baseline = opening.baseline
    baseline.absorb(learning.surveys, moved: learning.moved)
    try keep(baseline, of: key, mapping: mapping, in: transaction)
    try useUp(opening.accepted.intersection(learning.moved.union(learning.unmet)), of: key, in: transaction)
  }
}
