import Documents

/// The joined tables of one entity in one message.
struct JoinSet {
  private(set) var indexes: [JoinIndex]

  init(_ entity: EntityPlan, _ message: MessageDocument) throws(MappingError) {
    indexes = try entity.joins.map { (plan) throws(MappingError) in
      try CompiledMapping.locating { () throws(DocumentError) in try JoinIndex(plan, in: message) }
    }
  }

  /// The rows of each joined table that belong to the row, and what is wrong with their number.
  mutating func rows(
    for row: SourceNode, of entity: EntityPlan
  ) -> (joined: [[SourceNode]], problems: [RowProblem]) {
    guard !indexes.isEmpty else { return ([], []) }
    var joined: [[SourceNode]] = []
    joined.reserveCapacity(indexes.count)
    var problems: [RowProblem] = []
    var key: String?
    for (place, plan) in entity.joins.enumerated() {
      do throws(DocumentError) {
        if !plan.hasKeyOfPrevious { key = try JoinKey.text(plan.rowKeys, of: row) }
        let found = key.map { indexes[place].claim($0) } ?? []
        if let problem = plan.problem(with: found.count) { problems.append(problem) }
        joined.append(try plan.ordered(found))
      } catch {
        problems.append(
          RowProblem(code: "path-failed", field: "", source: "joins.\(plan.name)", message: error.message))
        joined.append([])
        key = nil
      }
    }
    return (joined, problems)
  }
}

extension JoinPlan {
  func problem(with count: Int) -> RowProblem? {
    let isRight =
      switch expectation {
      case .one: count == 1
      case .optional: count <= 1
      case .some: count >= 1
      case .any: true
      }
    guard !isRight else { return nil }
    let wanted =
      switch expectation {
      case .one: "exactly one"
      case .optional: "at most one"
      default: "at least one"
      }
    return RowProblem(
      code: count == 0 ? "join-missing" : "join-several", field: "", source: "joins.\(name)",
      message: "\(wanted) row of \(rows.text) belongs here, and \(count) do")
  }

  /// In the order of the message, or by `order`: numbers by value and before everything else, then texts.
  func ordered(_ nodes: [SourceNode]) throws(DocumentError) -> [SourceNode] {
    guard let order, nodes.count > 1 else { return nodes }
    var keyed: [(key: JoinOrder, node: SourceNode)] = []
    for (place, node) in nodes.enumerated() {
      var text = ""
      if case .text(let found) = try order.find(from: node, wantsSeveral: false) {
        text = BlankTrimming.trim(found)
      }
      keyed.append((JoinOrder(number: Int(text), text: text, place: place), node))
    }
    return keyed.sorted { $0.key < $1.key }.map(\.node)
  }
}

private struct JoinOrder: Comparable {
  let number: Int?
  let text: String
  let place: Int

  static func < (left: JoinOrder, right: JoinOrder) -> Bool {
    switch (left.number, right.number) {
    case (let mine?, let theirs?): mine == theirs ? left.place < right.place : mine < theirs
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.text == right.text ? left.place < right.place : left.text < right.text
    }
  }
}
