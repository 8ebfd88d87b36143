public import Documents
import Exchanges

extension CompiledMapping {
  /// Makes records of a message's rows. A row that is not as it should be is quarantined, and the others go on.
  ///
  /// Throws only when the message is of the other format, or when finding its rows costs more than allowed.
  public func apply(to message: MessageDocument) throws(MappingError) -> MappingResult {
    try requireFormat(of: message)
    var result = MappingResult()
    let root = SourceNode(message)
    for group in groups {
      guard let rows = try Self.locating({ () throws(DocumentError) in try group.rows.rows(in: message) })
      else {
        result.absentEntities += group.entities.map(\.name)
        continue
      }
      result.rows += rows.count
      result.records.reserveCapacity(result.records.count + rows.count)
      var joins = try group.entities.map { (entity) throws(MappingError) in try JoinSet(entity, message) }
      for row in rows {
        var isTaken = false
        for index in group.entities.indices {
          let entity = group.entities[index]
          let (joined, problems) = joins[index].rows(for: row.node, of: entity)
          let start = RowEvaluation(message: root, row: row.node, joined: joined)
          switch entity.evaluate(start, joinProblems: problems) {
          case .skipped: continue
          case .record(let record, let evaluation):
            result.records.append(
              MappedRecord(
                entity: entity.name, record: record, locator: Self.locator(row.path),
                warnings: evaluation.warnings))
          case .quarantined(let evaluation):
            result.quarantined.append(
              QuarantinedRow(
                entity: entity.name, kind: entity.kind, locator: Self.locator(row.path),
                reasons: evaluation.reasons, warnings: evaluation.warnings))
          }
          isTaken = true
        }
        if !isTaken { result.skipped += 1 }
      }
      for (entity, joins) in zip(group.entities, joins) {
        for (plan, index) in zip(entity.joins, joins.indexes) {
          result.orphans += index.orphans.map {
            OrphanRow(entity: entity.name, join: plan.name, locator: Self.locator($0.path))
          }
        }
      }
    }
    return result
  }

  func requireFormat(of message: MessageDocument) throws(MappingError) {
    guard message.format == format else {
      throw MappingError(
        .wrongFormat,
        "the mapping \(name) reads \(format.rawValue), and the message is \(message.format.rawValue)"
      )
    }
  }

  static func locating<Value>(_ body: () throws(DocumentError) -> Value) throws(MappingError) -> Value {
    do throws(DocumentError) {
      return try body()
    } catch {
      throw MappingError(.rowsNotFound, error.message)
    }
  }

  static func locator(_ path: String) -> RecordLocator {
    guard let locator = RecordLocator(path: path) else {
      preconditionFailure("rows stand at paths that begin with $ or /")
    }
    return locator
  }
}

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
    for (place, plan) in entity.joins.enumerated() {
      do throws(DocumentError) {
        var found: [SourceNode] = []
        if let key = try JoinKey.text(plan.rowKeys, of: row) {
          found = indexes[place].claim(key).map { indexes[place].rows[$0].node }
        }
        if let problem = plan.problem(with: found.count) { problems.append(problem) }
        joined.append(try plan.ordered(found))
      } catch {
        problems.append(
          RowProblem(code: "path-failed", field: "", source: "joins.\(plan.name)", message: error.message))
        joined.append([])
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
