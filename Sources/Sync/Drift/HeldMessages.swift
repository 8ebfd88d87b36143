import CivilTime
import Mapping

/// What has come message by message since something holds an operation. Pure.
struct HeldMessages: Sendable {
  private var surveys: [String: EntitySurvey] = [:]
  private var subjects: Set<DriftSubject> = []
  private var since: Timestamp?
  /// Entities of which the last rows showed nothing of what holds the operation.
  private var passed: Set<String> = []

  /// Forgets what came before something else held the operation, or the same once more: another process may have let it go between two messages of this one.
  mutating func begin(_ subjects: Set<DriftSubject>, since: Timestamp?) {
    guard subjects != self.subjects || since != self.since else { return }
    (surveys, self.subjects, self.since) = ([:], subjects, since)
    passed = []
  }

  /// Notes what a message showed. Its rows may be of one entity, and those of another come with the next.
  ///
  /// - Parameters:
  ///   - entities: those of which it had rows.
  ///   - shown: what still holds the operation in it.
  mutating func pass(_ entities: some Sequence<String>, but shown: Set<DriftSubject>) {
    passed.formUnion(entities)
    passed.subtract(shown.map(\.entity))
  }

  /// Whether of all that holds the operation rows have come without it.
  func arePassed(_ subjects: Set<DriftSubject>) -> Bool {
    subjects.allSatisfy { $0.entity.isEmpty || passed.contains($0.entity) }
  }

  /// Takes a message, also one that is held back.
  ///
  /// What is found in some rows among others is not over with the first row without it: ``DriftRules/leastFaultRows`` rows together have to be as usual.
  ///
  /// - Parameter subjects: what holds the operation.
  /// - Returns: those of them that may not be over.
  mutating func take(
    _ message: [String: EntitySurvey], against subjects: Set<DriftSubject>, _ baseline: DriftBaseline
  ) -> Set<DriftSubject> {
    for (entity, survey) in message { surveys[entity, default: EntitySurvey()] += survey }
    var (doubtful, shown): (Set<DriftSubject>, Set<String>) = ([], [])
    for subject in subjects where DriftRules.isOfSomeRows(subject.kind) {
      let entity = subject.entity
      guard let survey = surveys[entity], survey.rows >= DriftRules.leastFaultRows else {
        doubtful.insert(subject)
        continue
      }
      guard DriftRules.shows(subject, survey, baseline.entities[entity]) else { continue }
      doubtful.insert(subject)
      shown.insert(entity)
    }
    for entity in shown { surveys[entity] = nil }
    return doubtful
  }
}
