import Exchanges
import Mapping

/// Looks at the pages of one window in their order and says when they are no longer what they were. Pure.
struct DriftWatch: Sendable {
  private struct Part {
    var total = EntitySurvey()
    /// Small pages that were not judged yet.
    var small = EntitySurvey()

    /// The rows to judge now: a page by itself, or small pages together. A change in the middle of a window must not drown in what came before.
    mutating func add(_ page: EntitySurvey) -> EntitySurvey {
      total += page
      small += page
      defer { if small.looked >= DriftRules.leastRows { small = EntitySurvey() } }
      return page.looked >= DriftRules.leastRows ? page : small
    }
  }

  private let entities: [CompiledMapping.Entity]
  var baseline: DriftBaseline
  /// What somebody has said is right as it is now.
  var accepted: Set<DriftSubject>
  private var parts: [String: Part] = [:]
  /// Found and let through, each once.
  private var passed: Set<DriftSubject> = []
  private var untold: [DriftFinding] = []

  init(_ entities: [CompiledMapping.Entity], _ baseline: DriftBaseline, accepted: Set<DriftSubject>) {
    self.entities = entities
    self.baseline = baseline
    self.accepted = accepted
  }

  /// - Parameter earlier: whose small pages were not judged yet; they are judged with the next.
  init(
    _ entities: [CompiledMapping.Entity], _ baseline: DriftBaseline, accepted: Set<DriftSubject>,
    waiting earlier: DriftWatch
  ) {
    self.init(entities, baseline, accepted: accepted)
    parts = earlier.parts.mapValues { Part(small: $0.small) }
  }

  /// Takes the next page. What is returned holds the window: then nothing of the page may be stored.
  mutating func take(_ surveys: [String: EntitySurvey], of exchange: ExchangeID) -> [DriftFinding] {
    var holding = baseline.unsettled.subtracting(accepted).sorted().filter { subject in
      guard !subject.entity.isEmpty else { return true }
      guard let survey = surveys[subject.entity], survey.rows > 0 else { return false }
      return DriftRules.mayShow(subject, survey)
    }.map { DriftFinding.unsettled($0, exchange) }
    for entity in entities {
      guard let survey = surveys[entity.name], survey.rows > 0 else { continue }
      var part = parts[entity.name] ?? Part()
      let rows = part.add(survey)
      if let usual = baseline.entities[entity.name], baseline.isSettled(entity.name) {
        let found =
          DriftRules.places(of: entity.name, rows, usual, reads: entity.read.contains)
          + DriftRules.faults(of: entity.name, rows, usual)
          + DriftRules.faults(of: entity.name, part.total, usual)
        for var finding in found where !holding.contains(where: { $0.subject == finding.subject }) {
          finding.exchange = exchange
          finding.locator = survey.examples[finding.subject.subject] ?? survey.firstRow
          if holds(finding, entity.contract) { holding.append(finding) }
        }
      }
      parts[entity.name] = part
    }
    return holding
  }

  /// Looks at the window as a whole, when its last page has come.
  ///
  /// - Parameter exchange: the last page's.
  mutating func end(_ window: VolumeHistory.Window, of exchange: ExchangeID?) -> [DriftFinding] {
    guard var finding = DriftRules.volume(window, baseline.volumes) else { return [] }
    finding.exchange = exchange
    let words = entities.map { $0.contract[.volume] }
    let contract = Contract([.volume: words.contains(.freeze) ? .freeze : .evolve])
    return holds(finding, contract) ? [finding] : []
  }

  /// What was found and let through since the last call.
  mutating func takeUntold() -> [DriftFinding] {
    defer { untold = [] }
    return untold
  }

  /// What the rows so far looked like.
  var learning: MessageLearning {
    MessageLearning(surveys: parts.mapValues(\.total).filter { $0.value.rows > 0 }, moved: passed)
  }

  /// What is usual once the window is stored.
  func learned(_ window: VolumeHistory.Window) -> DriftBaseline {
    var learned = baseline
    learned.absorb(parts.mapValues(\.total), moved: passed)
    let isMoved = passed.contains { $0.kind == .suddenEmptiness || $0.kind == .volumeCollapse }
    learned.volumes.add(window, forgetting: isMoved)
    return learned
  }

  private mutating func holds(_ finding: DriftFinding, _ contract: Contract) -> Bool {
    let isAccepted = accepted.contains(finding.subject)
    guard isAccepted || contract[finding.facet] != .freeze else { return true }
    if passed.insert(finding.subject).inserted, !isAccepted { untold.append(finding) }
    return false
  }
}
