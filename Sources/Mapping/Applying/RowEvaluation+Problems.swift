import Certificates

extension RowEvaluation {
  mutating func note(_ code: String, _ field: Field, _ rule: SharedRule, _ message: String) {
    note(code, field, rule.body.sourceText, message)
  }

  mutating func note(_ code: String, _ field: Field, _ source: ValuePath, _ message: String) {
    note(code, field, source.text, message)
  }

  mutating func note(_ code: String, _ field: Field?, _ source: String, _ message: String) {
    reasons.append(
      RowProblem(code: code, field: field.map(path(of:)) ?? "", source: source, message: message))
  }

  mutating func warn(_ code: String, _ field: Field, _ rule: SharedRule, _ message: String) {
    warnings.append(
      RowProblem(code: code, field: path(of: field), source: rule.body.sourceText, message: message))
  }

  /// A value that cannot be read: a reason against the row, or by the entity's contract a warning, and the value is left out.
  mutating func fault(_ code: String, _ field: Field, _ rule: SharedRule, _ message: String) {
    guard rule.body.leavesOutUnreadable else { return note(code, field, rule, message) }
    warn(code, field, rule, "\(message); it was left out")
  }

  /// `basic.number`, `holders[1].name`.
  func path(of field: Field) -> String {
    field.group == .holder ? "holders[\(holder ?? 0)].\(field.name)" : field.path
  }
}
