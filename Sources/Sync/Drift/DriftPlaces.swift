import Mapping

/// Places by the object they are names of. Pure.
///
/// Some platforms key a list by numbers of their own, so that each row has names that no other has. Such names are not fields: together they are one place.
enum DriftPlaces {
  /// Behind the path of an object: whatever its names are.
  static let anyName = ".*"
  /// So many names of one object, each in few rows, are invented.
  static let mostRare = 20
  /// A name in a smaller share of the rows is rare.
  static let rareShare = 0.05

  /// The object that a place is a name of; nil for what has none.
  static func parent(of place: String) -> String? {
    guard !place.hasSuffix("[*]"), !place.hasSuffix(anyName) else { return nil }
    if place.hasSuffix("']"), let start = place.ranges(of: "['").last {
      return String(place[..<start.lowerBound])
    }
    guard let end = place.lastIndex(where: { $0 == "." || $0 == "/" }), end > place.startIndex else {
      return nil
    }
    return String(place[..<end])
  }

  /// The names that are invented, by the object they are names of, of so many rows that a share of them says something.
  static func invented(_ survey: EntitySurvey) -> [String: Set<String>] {
    gathered(survey.places.filter { isRare($0.value, survey) }.map(\.key))
  }

  /// In a window of few rows, where the object is known for invented names, one in a single row is one too.
  static func isRareInWindow(_ place: PlaceSurvey, _ survey: EntitySurvey) -> Bool {
    isRare(place, survey) || place.present <= 1
  }

  private static func isRare(_ place: PlaceSurvey, _ survey: EntitySurvey) -> Bool {
    Double(place.present) < rareShare * Double(survey.looked)
  }

  /// Those of the names that are too many for one object.
  static func gathered(_ names: [String]) -> [String: Set<String>] {
    var byParent: [String: Set<String>] = [:]
    for name in names {
      if let parent = parent(of: name) { byParent[parent, default: []].insert(name) }
    }
    return byParent.filter { $0.value.count >= mostRare }
  }
}
