public import Documents

/// Which of the places a mapping looks at are in its samples.
///
/// A path with a slip in it finds nothing, and nothing is what a field that may be missing gives, what a condition answers with no, and
/// what an empty table looks like: no row is ever at fault for it. So each place should stand in some sample.
public struct SampleCoverage {
  private struct Place {
    let text: String
    var isFound = false
    /// The same path with the name that samples have in place of one they have not.
    var suggestion: String?
  }

  private struct Comparison {
    let text: String
    let source: String
    var isFound = false
    /// What samples have in its place.
    var seen: Set<String> = []
  }

  /// Of the texts that samples have in place of one, so many are kept for a suggestion.
  private static let mostSeen = 1000

  private let mapping: CompiledMapping
  private var places: [YAMLMark: Place] = [:]
  private var comparisons: [YAMLMark: Comparison] = [:]
  private var taken: Set<String> = []

  public init(_ mapping: CompiledMapping) {
    self.mapping = mapping
  }

  /// Looks for each place in one more sample.
  ///
  /// Throws when the sample is of the other format or its rows cannot be found within the limits.
  public mutating func take(_ sample: MessageDocument) throws(MappingError) {
    let result = try mapping.apply(to: sample)
    taken.formUnion(result.records.map(\.entity))
    taken.formUnion(result.quarantined.map(\.entity))
    let message = SourceNode(sample)
    for group in mapping.groups {
      let found = try CompiledMapping.locating { () throws(DocumentError) in
        try group.rows.rows(in: sample)
      }
      let rows = found?.nodes ?? []
      look(at: group.rows, rows, in: message)
      for entity in group.entities { try look(at: entity, rows, in: sample) }
    }
  }

  /// The places that none of the samples has, and the texts that conditions wait for in vain, each a warning where it is written.
  public var gaps: [Diagnostic] {
    let missing = places.filter { !$0.value.isFound }.map { mark, place in
      Diagnostic(
        .warning, at: mark, "no sample has anything at \(place.text)", suggestion: place.suggestion)
    }
    let waiting = comparisons.filter { !$0.value.isFound && !$0.value.seen.isEmpty }.map { mark, comparison in
      Diagnostic(
        .warning, at: mark, "no sample has '\(comparison.text)' at \(comparison.source)",
        suggestion: Suggestion.nearest(to: comparison.text, in: comparison.seen.sorted()))
    }
    return (missing + waiting).sorted()
  }

  /// Whether the entity made neither a record nor a quarantined row of any sample: no place for its rows, none there, or none that its
  /// condition lets through.
  public func isUntaken(_ entity: String) -> Bool { !taken.contains(entity) }

  private mutating func look(
    at entity: EntityPlan, _ rows: [SourceNode], in sample: MessageDocument
  ) throws(MappingError) {
    let message = SourceNode(sample)
    var joins = try JoinSet(entity, sample)
    for (plan, index) in zip(entity.joins, joins.indexes) {
      look(at: plan.rows, index.rows.nodes, in: message)
      for key in plan.rowKeys { look(at: key, from: rows) }
      for key in plan.siblingKeys { look(at: key, from: index.rows.nodes) }
      if let order = plan.order { look(at: order, from: index.rows.nodes) }
    }
    for row in rows {
      let joined = joins.rows(for: row, of: entity).joined
      look(at: entity, RowPlaces(message: message, row: row, joined: joined))
    }
  }

  /// The nodes of one row at which paths start.
  private struct RowPlaces {
    let message: SourceNode
    let row: SourceNode
    let joined: [[SourceNode]]

    /// - Parameter nodes: the row, or the nodes of a holder.
    func starts(_ scope: ValueRule.Scope, _ nodes: [SourceNode]) -> [SourceNode] {
      switch scope {
      case .node: nodes
      case .row: [row]
      case .message: [message]
      case .join(let join): joined[join]
      }
    }
  }

  private mutating func look(at entity: EntityPlan, _ places: RowPlaces) {
    let row = [places.row]
    if let condition = entity.condition { look(at: condition, places, row) }
    look(at: entity.fields, places, row)
    for holder in entity.holders {
      var nodes = row
      switch holder.source {
      case .row: break
      case .join(let join): nodes = places.joined[join]
      case .each(let path):
        nodes = (try? path.nodes(from: places.row)) ?? []
        note(path.mark, path.text, isFound: !nodes.isEmpty, from: row)
      case .parts(let rule, _):
        look(at: rule, places, row)
        // A piece of a text is there whenever the text is.
        nodes = []
      }
      if let condition = holder.condition { look(at: condition, places, nodes) }
      look(at: holder.fields, places, nodes)
    }
  }

  private mutating func look(at fields: [FieldPlan], _ places: RowPlaces, _ nodes: [SourceNode]) {
    for field in fields {
      for rule in field.rules {
        if let condition = rule.body.condition { look(at: condition, places, nodes) }
        look(at: rule, places, nodes)
      }
    }
  }

  private mutating func look(at condition: Condition, _ places: RowPlaces, _ nodes: [SourceNode]) {
    switch condition {
    case .not(let inner): look(at: inner, places, nodes)
    case .all(let list), .any(let list): for inner in list { look(at: inner, places, nodes) }
    case .test(let rule, let test):
      look(at: rule, places, nodes)
      for node in nodes {
        var row = RowEvaluation(message: places.message, row: places.row, joined: places.joined)
        row.node = node
        guard let text = (try? row.text(of: rule))?.text else { continue }
        compare(text, test, rule.body.sourceText)
      }
    }
  }

  private mutating func look(at rule: SharedRule, _ places: RowPlaces, _ nodes: [SourceNode]) {
    for path in rule.body.paths { look(at: path, from: places.starts(rule.body.scope, nodes)) }
  }

  private mutating func look(at path: ValuePath, from nodes: [SourceNode]) {
    if places[path.mark]?.isFound == true { return }
    note(path.mark, path.text, isFound: nodes.contains { path.exists(from: $0) }, from: nodes)
  }

  private mutating func look(at rows: RowSelector, _ found: [SourceNode], in message: SourceNode) {
    note(rows.mark, rows.text, isFound: !found.isEmpty, from: [message])
  }

  /// Only what meets none of a condition's texts may be meant by one of them.
  private mutating func compare(_ text: String, _ test: ConditionTest, _ source: String) {
    switch test {
    case .isOneOf(let known, let texts):
      for compared in texts {
        note(compared, source, text, isFound: text == compared.text, isMet: known.contains(text))
      }
    case .matches(let pattern, let written):
      let isFound = (try? pattern.contains(text)) == true
      note(written, source, text, isFound: isFound, isMet: isFound)
    case .isPresent: break
    }
  }

  private mutating func note(
    _ compared: ComparedText, _ source: String, _ text: String, isFound: Bool, isMet: Bool
  ) {
    var comparison = comparisons[compared.mark] ?? Comparison(text: compared.text, source: source)
    comparison.isFound = comparison.isFound || isFound
    if !isMet, comparison.seen.count < Self.mostSeen { comparison.seen.insert(text) }
    comparisons[compared.mark] = comparison
  }

  /// Where nothing stands from which the path could start, it is that place which is amiss.
  private mutating func note(_ mark: YAMLMark, _ text: String, isFound: Bool, from nodes: [SourceNode]) {
    guard !nodes.isEmpty else { return }
    var place = places[mark] ?? Place(text: text)
    place.isFound = place.isFound || isFound
    if !place.isFound, place.suggestion == nil {
      place.suggestion = PathSuggestion.nearest(to: text, from: nodes)
    }
    places[mark] = place
  }
}

extension ValuePath {
  /// Whether the place is in the message, whatever stands there: a name with null behind it is spelt right.
  fileprivate func exists(from node: SourceNode) -> Bool {
    switch (node, step) {
    case (.json(let value), .member(let name)): value.member(utf8: name) != nil
    case (.json(let value), .json(let path)): (try? path.first(in: value)) != nil
    case (.xml(let element), .attribute(let name)): element.attribute(name) != nil
    case (.xml(let element), .xml(let path)): (try? path.string(from: element)) != nil
    case (_, .node): true
    default: false
    }
  }
}
