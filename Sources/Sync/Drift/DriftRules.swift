import Exchanges
import Mapping

/// Compares what a window looks like with what was usual. Pure.
enum DriftRules {
  /// A field that was in at least this share of the rows has vanished when it is in none of ``leastRows``.
  static let usualShare = 0.98
  static let leastRows = 10
  /// Another type is drift from this share of the values on, and from so many values.
  static let typeShare = 0.05
  static let leastTypes = 3
  /// Faults are drift in this share of so many rows, from so many faults on, and at a multiple of what was usual.
  static let faultShare = 0.05
  static let leastFaultRows = 20
  static let leastFaults = 10
  static let faultMultiple = 4.0

  /// What is new in the fields of these rows: nothing before the baseline is settled.
  static func places(
    of name: String, _ survey: EntitySurvey, _ baseline: EntitySurvey, reads: (String) -> Bool
  ) -> [DriftFinding] {
    guard survey.looked >= leastRows, baseline.looked > 0 else { return [] }
    return new(name, survey, baseline, reads) + vanished(name, survey, baseline, reads)
      + changed(name, survey, baseline, reads)
  }

  private static func new(
    _ name: String, _ survey: EntitySurvey, _ baseline: EntitySurvey, _ reads: (String) -> Bool
  ) -> [DriftFinding] {
    let places = outermost(survey.places.keys.filter { baseline.places[$0] == nil }.sorted())
    // Rare names of an object whose names are invented are nothing new.
    let unknown = places.filter { place in
      guard let parent = DriftPlaces.parent(of: place), let now = survey.places[place] else { return true }
      return baseline.places[parent + DriftPlaces.anyName] == nil || !DriftPlaces.isRareInWindow(now, survey)
    }
    let invented = DriftPlaces.gathered(
      unknown.filter { place in survey.places[place].map { DriftPlaces.isRareInWindow($0, survey) } ?? false }
    )
    let together = invented.sorted { $0.key < $1.key }.map { parent, names in
      finding(
        name, .newField, parent + DriftPlaces.anyName, { _ in names.contains(where: reads) },
        "\(names.count) names, each in few of \(survey.looked) rows looked at")
    }
    let gathered = invented.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    return together
      + unknown.filter { !gathered.contains($0) }.map { place in
        let count = survey.places[place]?.present ?? 0
        return finding(name, .newField, place, reads, "in \(count) of \(survey.looked) rows looked at")
      }
  }

  private static func vanished(
    _ name: String, _ survey: EntitySurvey, _ baseline: EntitySurvey, _ reads: (String) -> Bool
  ) -> [DriftFinding] {
    func share(_ count: Int) -> Double { Double(count) / Double(baseline.looked) }
    let places = baseline.places.filter { place, usual in
      guard !place.hasSuffix(DriftPlaces.anyName) else { return false }
      let now = survey.places[place] ?? PlaceSurvey()
      return share(usual.present) >= usualShare && now.present == 0
        || share(usual.filled) >= usualShare && now.filled == 0
    }
    return outermost(joinsAsOne(places.keys.sorted(), survey)).map { place in
      let isRead =
        reads(place) || place.hasSuffix(":") || places.keys.contains { isBelow($0, place) && reads($0) }
      return finding(
        name, .vanishedField, place, { _ in isRead },
        "in none of \(survey.looked) rows looked at; until now in nearly all")
    }
  }

  private static func changed(
    _ name: String, _ survey: EntitySurvey, _ baseline: EntitySurvey, _ reads: (String) -> Bool
  ) -> [DriftFinding] {
    survey.places.sorted { $0.key < $1.key }.compactMap { place, now in
      guard let usual = baseline.places[place], usual.filled >= leastRows else { return nil }
      let strange = PlaceSurvey.Shape.allCases.filter { shape in
        usual[shape] == 0 && now[shape] >= leastTypes
          && Double(now[shape]) >= typeShare * Double(max(now.filled, leastRows))
      }
      guard !strange.isEmpty else { return nil }
      let known = PlaceSurvey.Shape.allCases.filter { usual[$0] > 0 }.map(\.rawValue)
      return finding(
        name, .changedType, place, reads, ofType: true,
        "\(strange.map(\.rawValue).joined(separator: ", ")) in \(strange.map { now[$0] }.reduce(0, +)) of "
          + "\(survey.looked) rows looked at; until now \(known.joined(separator: ", "))")
    }
  }

  private static func finding(
    _ name: String, _ kind: DriftKind, _ place: String, _ reads: (String) -> Bool, ofType: Bool = false,
    _ detail: String
  ) -> DriftFinding {
    DriftFinding(
      subject: DriftSubject(entity: name, kind: kind, subject: place),
      facet: reads(place) ? (ofType ? .types : .fields) : .others, detail: detail)
  }

  /// Faults that are more than usual.
  static func faults(of name: String, _ survey: EntitySurvey, _ baseline: EntitySurvey) -> [DriftFinding] {
    guard survey.rows >= leastFaultRows else { return [] }
    return survey.faults.sorted { $0.key < $1.key }.compactMap { fault, count in
      let share = Double(count) / Double(survey.rows)
      let usual = Double(baseline.faults[fault] ?? 0) / Double(max(baseline.rows, 1))
      guard count >= leastFaults, share > faultShare, share > faultMultiple * usual else { return nil }
      return DriftFinding(
        subject: DriftSubject(entity: name, kind: DriftKind(fault.facet), subject: fault.field),
        facet: fault.facet,
        detail: "in \(count) of \(survey.rows) rows; until now in \(percent(usual)) %")
    }
  }

  /// Whether rows, few as they may be, have what was found before.
  ///
  /// - Parameter baseline: what was usual for the entity; nil: nothing.
  static func shows(_ subject: DriftSubject, _ survey: EntitySurvey, _ baseline: EntitySurvey?) -> Bool {
    let place = subject.subject
    switch subject.kind {
    case .vanishedField:
      guard survey.looked > 0 else { return false }
      if place.hasSuffix(":") { return !survey.places.keys.contains { $0.hasPrefix(place) } }
      let (now, usual) = (survey.places[place] ?? PlaceSurvey(), baseline?.places[place] ?? PlaceSurvey())
      let wasFilled = Double(usual.filled) >= usualShare * Double(max(baseline?.looked ?? 0, 1))
      return now.present == 0 || wasFilled && now.filled == 0
    case .newField:
      guard place.hasSuffix(DriftPlaces.anyName) else { return (survey.places[place]?.present ?? 0) > 0 }
      let parent = String(place.dropLast(DriftPlaces.anyName.count))
      return survey.places.keys.contains {
        DriftPlaces.parent(of: $0) == parent && baseline?.places[$0] == nil
      }
    case .changedType:
      return PlaceSurvey.Shape.allCases.contains { shape in
        (survey.places[place]?[shape] ?? 0) > 0 && (baseline?.places[place]?[shape] ?? 0) == 0
      }
    case .unknownCodes, .failingChecks, .unreadableValues, .missingValues:
      return survey.faults.contains { fault, count in
        guard count > 0, fault.field == place, DriftKind(fault.facet) == subject.kind else { return false }
        // In many rows some are usual.
        guard survey.rows >= leastFaultRows else { return true }
        let share = Double(count) / Double(survey.rows)
        let usual = Double(baseline?.faults[fault] ?? 0) / Double(max(baseline?.rows ?? 0, 1))
        return share > faultShare && share > faultMultiple * usual
      }
    // Of how much comes a message says nothing, and one that was understood can be read.
    case .suddenEmptiness, .volumeCollapse, .unreadableMessage: return false
    }
  }

  /// Whether rows may have what was found before, where nobody knows any more what was usual.
  static func mayShow(_ subject: DriftSubject, _ survey: EntitySurvey) -> Bool {
    switch subject.kind {
    case .vanishedField where !subject.subject.hasSuffix(":"):
      // It may have been there all the time and have become empty.
      (survey.places[subject.subject]?.filled ?? 0) == 0
    case .vanishedField, .newField, .unknownCodes, .failingChecks, .unreadableValues, .missingValues:
      shows(subject, survey, nil)
    case .changedType, .suddenEmptiness, .volumeCollapse, .unreadableMessage: true
    }
  }

  /// Whether it is found in some rows among others, so that one without it does not say that it is over. A row with a field does say that it has not vanished.
  static func isOfSomeRows(_ kind: DriftKind) -> Bool {
    switch kind {
    case .newField, .changedType, .unknownCodes, .failingChecks, .unreadableValues, .missingValues: true
    case .vanishedField, .suddenEmptiness, .volumeCollapse, .unreadableMessage: false
    }
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Whether a place lies inside another.
  static func isBelow(_ place: String, _ other: String) -> Bool {
    guard place.count > other.count, place.hasPrefix(other) else { return false }
    return [".", "[", "/"].contains(place[place.index(place.startIndex, offsetBy: other.count)])
  }

  /// Without those that lie inside another of them.
  private static func outermost(_ places: [String]) -> [String] {
    places.filter { place in !places.contains { isBelow(place, $0) } }
  }

  /// A joined table of which nothing is left is one thing and not each of its fields.
  private static func joinsAsOne(_ places: [String], _ survey: EntitySurvey) -> [String] {
    func join(_ place: String) -> String? {
      guard let colon = place.firstIndex(of: ":"), place.first != "$", place.first != "@" else { return nil }
      let name = place[...colon]
      // The prefix of an XML name is no join: joins are followed by a path.
      guard let next = place[place.index(after: colon)...].first, "$@".contains(next) else { return nil }
      return String(name)
    }
    var gone: Set<String> = []
    for name in Set(places.compactMap(join)) where !survey.places.keys.contains(where: { $0.hasPrefix(name) })
    {
      gone.insert(name)
    }
    return (gone.sorted() + places.filter { place in join(place).map { !gone.contains($0) } ?? true })
  }
}
