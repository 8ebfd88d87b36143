import Documents
import Exchanges

/// Counts what the rows of one entity in one page look like. Every page is looked at, and of its rows some: a field that is new, gone or of another type in
/// a twentieth of the rows shows, and the look costs next to nothing.
struct RowSurveyor {
  /// Rows of a page whose fields are looked at, spread over the page.
  static let rowsLookedAt = 32
  /// So deep, and so many places; more are not counted.
  private static let depth = 4
  private static let mostPlaces = 500
  /// Elements of a list inside a row that are looked at.
  private static let elements = 3

  private(set) var survey = EntitySurvey()
  private var counts: [(place: String, survey: PlaceSurvey, first: Int, row: Int, shapes: Int)] = []
  /// By the field of a fault, the place of the first row with it.
  private var firstFaults: [String: Int] = [:]
  private var firstRow: Int?
  /// The place in the page of the row that is looked at.
  private var current = 0
  private var index: [String: Int] = [:]
  /// Names as the survey writes them after a path.
  private var steps: [String: String] = [:]

  /// Whether the fields of a row are looked at.
  static func looks(at place: Int, of count: Int) -> Bool {
    place % max(1, (count + rowsLookedAt - 1) / rowsLookedAt) == 0
  }

  mutating func count(_ reasons: [RowProblem], _ warnings: [RowProblem], at place: Int) {
    if firstRow == nil { firstRow = place }
    survey.rows += 1
    guard !reasons.isEmpty || !warnings.isEmpty else { return }
    var faults: Set<EntitySurvey.Fault> = []
    for problem in reasons + warnings {
      if let facet = problem.facet { faults.insert(EntitySurvey.Fault(facet, problem.fieldOfSchema)) }
    }
    for fault in faults {
      survey.faults[fault, default: 0] += 1
      if firstFaults[fault.field] == nil { firstFaults[fault.field] = place }
    }
  }

  mutating func look(
    at row: SourceNode, _ joined: [[SourceNode]], of entity: EntityPlan, at place: Int
  ) {
    current = place
    survey.looked += 1
    switch row {
    case .json(let value): look(inside: value, at: "$", Self.depth)
    case .xml(let element): look(inside: element, at: "", Self.depth)
    case .part: break
    }
    for (plan, nodes) in zip(entity.joins, joined) {
      for node in nodes.prefix(Self.elements) {
        switch node {
        case .json(let value): look(inside: value, at: "\(plan.name):$", Self.depth)
        case .xml(let element): look(inside: element, at: "\(plan.name):", Self.depth)
        case .part: break
        }
      }
    }
  }

  /// The counts so far; to be taken once, at the end of the page.
  mutating func finish(_ rows: RowList) -> EntitySurvey {
    // Nearly all places are met in the first row.
    var locators: [Int: RecordLocator] = [:]
    func locator(_ place: Int) -> RecordLocator {
      if let known = locators[place] { return known }
      let locator = CompiledMapping.locator(rows.path(place))
      locators[place] = locator
      return locator
    }
    survey.firstRow = firstRow.map(locator)
    for count in counts {
      survey.places[count.place] = count.survey
      survey.examples[count.place] = locator(count.first)
    }
    for (field, place) in firstFaults { survey.examples[field] = locator(place) }
    return survey
  }

  private mutating func look(inside value: JSONValue, at path: String, _ depth: Int) {
    guard depth > 0 else { return }
    for (name, member) in value.members {
      let place = path + step(name)
      switch member.kind {
      case .null: note(place, nil)
      case .string: note(place, .text, isFilled: member.writtenRange.count > 2)
      case .number: note(place, .number)
      case .boolean: note(place, .flag)
      case .object:
        note(place, .object, isFilled: member.count > 0)
        look(inside: member, at: place, depth - 1)
      case .array:
        note(place, .list, isFilled: member.count > 0)
        for element in member.elements.prefix(Self.elements) where element.isObject {
          look(inside: element, at: place + "[*]", depth - 1)
        }
      }
    }
  }

  private mutating func look(inside element: XMLElement, at path: String, _ depth: Int) {
    guard depth > 0 else { return }
    let home = path.isEmpty || path.hasSuffix(":") ? path : path + "/"
    for attribute in element.attributes {
      note(home + "@" + Self.guarded(attribute.name), .text, isFilled: !attribute.value.isEmpty)
    }
    for child in element.children {
      let place = home + Self.guarded(child.qualifiedName)
      if child.children.contains(where: { _ in true }) {
        note(place, .object)
      } else {
        note(place, .text, isFilled: !child.text.isEmpty)
      }
      look(inside: child, at: place, depth - 1)
    }
  }

  private mutating func note(_ place: String, _ shape: PlaceSurvey.Shape?, isFilled: Bool = true) {
    let found: Int
    if let known = index[place] {
      found = known
    } else {
      guard counts.count < Self.mostPlaces else { return }
      found = counts.count
      index[place] = found
      counts.append((place, PlaceSurvey(), current, 0, 0))
    }
    // A place that stands several times in a row counts once.
    if counts[found].row != survey.looked {
      counts[found].row = survey.looked
      counts[found].shapes = 0
      counts[found].survey.present += 1
    }
    guard let shape, isFilled else { return }
    if counts[found].shapes == 0 { counts[found].survey.filled += 1 }
    let bit = 1 << shape.place
    guard counts[found].shapes & bit == 0 else { return }
    counts[found].shapes |= bit
    counts[found].survey[shape] += 1
  }

  private mutating func step(_ name: String) -> String {
    if let known = steps[name] { return known }
    let step = "." + Self.guarded(name)
    steps[name] = step
    return step
  }

  /// A name as it may be kept: one that holds a number, or is no name, may be somebody's.
  static func guarded(_ name: String) -> String {
    guard name.utf8.count <= 60 else { return "*" }
    var run = 0
    for byte in name.utf8 {
      run = (0x30...0x39).contains(byte) ? run + 1 : 0
      if run >= 6 || byte <= 0x20 { return "*" }
    }
    return name
  }
}
