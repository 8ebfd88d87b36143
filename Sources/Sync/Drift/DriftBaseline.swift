import Mapping

/// What an operation's messages have looked like so far, learned from its complete windows.
///
/// It is learned and not taken from the samples, because a platform's real messages have more fields than anybody puts into a sample, and
/// fill them otherwise. It belongs to one mapping: with a changed mapping learning starts over.
struct DriftBaseline: Hashable, Sendable {
  var entities: [String: EntitySurvey] = [:]
  var volumes = VolumeHistory()
  /// What held the operation when all this was lost: it goes on where it is not shown any more, and else only with acceptance. Never stored.
  var unsettled: Set<DriftSubject> = []

  /// Rows of an entity in complete windows before anything of it is called drift.
  static let settledRows = 200
  /// Beyond so many rows the older half weighs half, so that what is usual may change slowly.
  static let heaviestRows = 100_000

  func isSettled(_ entity: String) -> Bool { (entities[entity]?.rows ?? 0) >= Self.settledRows }

  /// Takes in a complete window.
  ///
  /// - Parameter moved: what is usual from now on, whatever was before.
  mutating func absorb(_ window: [String: EntitySurvey], moved: Set<DriftSubject>) {
    for (name, survey) in window {
      var entity = entities[name] ?? EntitySurvey()
      for subject in moved where subject.entity == name { entity.forget(subject, in: survey) }
      entity += survey
      entity.examples = [:]
      entity.firstRow = nil
      if entity.rows > Self.heaviestRows { entity.halve() }
      // In few rows every name is in few of them.
      if entity.looked >= Self.settledRows { entity.gatherNames() }
      entities[name] = entity
    }
  }
}

extension EntitySurvey {
  /// Makes room for what a window says otherwise.
  fileprivate mutating func forget(_ subject: DriftSubject, in window: EntitySurvey) {
    switch subject.kind {
    case .vanishedField:
      // Of a joined table as a whole its name is the subject.
      let gone = subject.subject
      places = places.filter { place, _ in
        place != gone && !DriftRules.isBelow(place, gone) && !(gone.hasSuffix(":") && place.hasPrefix(gone))
      }
    case .unknownCodes, .failingChecks, .unreadableValues, .missingValues:
      // The share of the window, as if it had always been so.
      for (fault, count) in window.faults
      where fault.field == subject.subject && DriftKind(fault.facet) == subject.kind {
        faults[fault] = max(faults[fault] ?? 0, count * rows / max(window.rows, 1))
      }
    case .newField, .changedType, .suddenEmptiness, .volumeCollapse, .unreadableMessage: break
    }
  }

  /// Names that a platform invents row by row become one place: `$.list.*`. Each of them would be new for ever, and kept for ever.
  fileprivate mutating func gatherNames() {
    for (parent, names) in DriftPlaces.invented(self) {
      let all = parent + DriftPlaces.anyName
      var gathered = places[all] ?? PlaceSurvey()
      let inside = places.keys.filter { place in
        names.contains { $0 == place || DriftRules.isBelow(place, $0) }
      }
      for place in inside {
        if let one = places.removeValue(forKey: place), names.contains(place) { gathered = gathered + one }
      }
      places[all] = gathered
    }
  }

  fileprivate mutating func halve() {
    rows /= 2
    looked /= 2
    faults = faults.mapValues { $0 / 2 }
    places = places.mapValues { place in
      var half = PlaceSurvey()
      // What was met once stays known.
      half.present = max(1, place.present / 2)
      half.filled = (place.filled + 1) / 2
      for shape in PlaceSurvey.Shape.allCases { half[shape] = (place[shape] + 1) / 2 }
      return half
    }
  }
}

/// How many rows came in the windows before.
struct VolumeHistory: Hashable, Sendable {
  struct Window: Hashable, Sendable {
    var rows: Int
    /// What it spanned; 0 for an operation that is pulled as a whole.
    var seconds: Int
    /// By how much it went beyond the window before; without look-back all of it.
    var fresh: Int

    init(rows: Int, seconds: Int, fresh: Int? = nil) {
      self.rows = rows
      self.seconds = seconds
      self.fresh = fresh ?? seconds
    }
  }

  static let longest = 30

  var windows: [Window] = []
  /// For windows of few rows.
  var sparse = SparseVolume()

  mutating func add(_ window: Window, forgetting: Bool) {
    // What is pulled as a whole, and what by windows, are not measured alike.
    let isOther = windows.last.map { ($0.seconds == 0) != (window.seconds == 0) } ?? false
    if forgetting { windows = [] }
    if forgetting || isOther { sparse = SparseVolume() }
    sparse.add(window)
    windows.append(window)
    if windows.count > Self.longest { windows.removeFirst(windows.count - Self.longest) }
  }
}
