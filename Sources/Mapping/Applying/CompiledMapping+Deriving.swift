public import Documents
public import Exchanges

extension CompiledMapping {
  /// Derives the row at `locator` again, and tells for each field where its value comes from. Nil when the message has
  /// no such row, or no entity takes it.
  ///
  /// - Parameter entity: which of several entities that take the same rows; without it the first that takes this one.
  public func derive(
    _ locator: RecordLocator, entity name: String? = nil, in message: MessageDocument
  ) throws(MappingError) -> RowDerivation? {
    try requireFormat(of: message)
    for group in groups {
      let rows = try Self.locating { () throws(DocumentError) in try group.rows.rows(in: message) }
      guard let rows, let place = rows.firstIndex(of: locator.path) else { continue }
      let row = rows.nodes[place]
      for entity in group.entities where name == nil || entity.name == name {
        var joins = try JoinSet(entity, message)
        let (joined, problems) = joins.rows(for: row, of: entity)
        let start = RowEvaluation(message: SourceNode(message), row: row, joined: joined, isTraced: true)
        switch entity.evaluate(start, joinProblems: problems) {
        case .skipped: continue
        case .record(let record, let evaluation):
          return RowDerivation(
            entity: entity.name, locator: locator, fields: evaluation.derivations ?? [], record: record,
            reasons: [], warnings: evaluation.warnings)
        case .quarantined(let evaluation):
          return RowDerivation(
            entity: entity.name, locator: locator, fields: evaluation.derivations ?? [], record: nil,
            reasons: evaluation.reasons, warnings: evaluation.warnings)
        }
      }
    }
    return nil
  }
}
