public import Documents
import Exchanges

extension CompiledMapping {
  /// Makes records of a message's rows. A row that is not as it should be is quarantined, and the others go on.
  ///
  /// Throws only when the message is of the other format, or when finding its rows costs more than allowed.
  ///
  /// - Parameters:
  ///   - keepingContent: records bring along the content of their rows, too.
  ///   - surveying: what the rows look like is counted by the way.
  public func apply(
    to message: MessageDocument, keepingContent: Bool = false, surveying: Bool = false
  ) throws(MappingError) -> MappingResult {
    try requireFormat(of: message)
    var result = MappingResult()
    let root = SourceNode(message)
    for group in groups {
      guard let rows = try Self.locating({ () throws(DocumentError) in try group.rows.rows(in: message) })
      else {
        result.absentEntities += group.entities.map(\.name)
        continue
      }
      result.rows += rows.nodes.count
      result.records.reserveCapacity(result.records.count + rows.nodes.count)
      var joins = try group.entities.map { (entity) throws(MappingError) in try JoinSet(entity, message) }
      var surveyors = surveying ? group.entities.map { _ in RowSurveyor() } : []
      for (place, row) in rows.nodes.enumerated() {
        var isTaken = false
        for index in group.entities.indices {
          let entity = group.entities[index]
          let (joined, problems) = joins[index].rows(for: row, of: entity)
          let start = RowEvaluation(message: root, row: row, joined: joined)
          switch entity.evaluate(start, joinProblems: problems) {
          case .skipped: continue
          case .record(let record, let evaluation):
            if surveying { surveyors[index].count([], evaluation.warnings, at: place) }
            result.records.append(
              MappedRecord(
                entity: entity.name, record: record, locator: Self.locator(rows.path(place)),
                content: keepingContent ? row.content : nil, warnings: evaluation.warnings))
          case .quarantined(let evaluation):
            if surveying { surveyors[index].count(evaluation.reasons, evaluation.warnings, at: place) }
            result.quarantined.append(
              QuarantinedRow(
                entity: entity.name, kind: entity.kind, locator: Self.locator(rows.path(place)),
                content: row.content, reasons: evaluation.reasons, warnings: evaluation.warnings))
          }
          isTaken = true
          // Spread over each entity's own rows: those of two may come by turns.
          if surveying, RowSurveyor.looks(at: surveyors[index].survey.rows - 1, of: rows.nodes.count) {
            surveyors[index].look(at: row, joined, of: entity, at: place)
          }
        }
        if !isTaken { result.skipped += 1 }
      }
      for index in surveyors.indices {
        result.surveys[group.entities[index].name] = surveyors[index].finish(rows)
      }
      for (entity, joins) in zip(group.entities, joins) {
        for (plan, index) in zip(entity.joins, joins.indexes) {
          result.orphans += index.orphans.map {
            OrphanRow(entity: entity.name, join: plan.name, locator: Self.locator($0))
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
