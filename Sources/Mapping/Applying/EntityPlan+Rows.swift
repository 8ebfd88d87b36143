import Certificates
import Documents

extension EntityPlan {
  /// What an entity made of a row.
  enum RowOutcome {
    case skipped
    case record(CertificateRecord, RowEvaluation)
    case quarantined(RowEvaluation)
  }

  /// - Parameter joinProblems: what is wrong with the rows the joins found.
  func evaluate(_ start: RowEvaluation, joinProblems: [RowProblem]) -> RowOutcome {
    var evaluation = start
    if let condition {
      guard evaluation.holds(condition) else {
        return evaluation.reasons.isEmpty ? .skipped : .quarantined(evaluation)
      }
    }
    evaluation.reasons += joinProblems
    var record = CertificateRecord(kind: kind)
    record.basic.reserveCapacity(10)
    record.specific.reserveCapacity(fields.count)
    for plan in fields {
      guard let value = evaluation.value(of: plan) else { continue }
      switch plan.field.group {
      case .basic: record.basic[plan.field] = value
      case .specific: record.specific[plan.field] = value
      case .management: record.management[plan.field] = value
      case .holder: continue
      }
    }
    for plan in holders { plan.append(to: &record.holders, &evaluation) }
    validate(record, &evaluation)
    return evaluation.reasons.isEmpty ? .record(record, evaluation) : .quarantined(evaluation)
  }

  /// Adds what is wrong with the record as a whole. In a row that is quarantined already, what only follows from the
  /// missing fields is not told again.
  private func validate(_ record: CertificateRecord, _ evaluation: inout RowEvaluation) {
    let problems = record.validate()
    guard !problems.isEmpty else { return }
    let isFaulty = !evaluation.reasons.isEmpty
    let known = Set(evaluation.reasons.map(\.field) + evaluation.warnings.map { "\($0.field) \($0.code)" })
    let knownCodes = Set(evaluation.reasons.map(\.code))
    for problem in problems {
      let told = RowProblem(code: problem.code, field: problem.path, source: "", message: problem.message)
      switch problem.severity {
      case .error:
        // The same text may fill several fields.
        if isFaulty, problem.path.isEmpty || known.contains(problem.path) || knownCodes.contains(problem.code)
        {
          continue
        }
        evaluation.reasons.append(told)
      case .warning:
        if known.contains("\(problem.path) \(problem.code)") { continue }
        if isFaulty, known.contains(problem.path) || problem.code == "no-holder" { continue }
        evaluation.warnings.append(told)
      }
    }
  }
}

extension HolderPlan {
  /// Appends the holders this rule finds. A node from which no field takes a value gives no holder, whatever constants
  /// and other places add.
  func append(to holders: inout [FieldValues], _ evaluation: inout RowEvaluation) {
    let nodes: [SourceNode]
    switch source {
    case .row: nodes = [evaluation.row]
    case .join(let index): nodes = evaluation.joined[index]
    case .each(let path):
      do throws(DocumentError) {
        nodes = try path.nodes(from: evaluation.row)
      } catch {
        evaluation.note("path-failed", nil, path.text, error.message)
        return
      }
    case .parts(let rule, let separator): nodes = evaluation.parts(rule, separator)
    }
    let isRow = if case .row = source { true } else { false }
    for node in nodes {
      evaluation.node = node
      evaluation.holder = holders.count
      if let condition, !evaluation.holds(condition) { continue }
      evaluation.hasValue = false
      evaluation.hasNodeValue = false
      var values = FieldValues()
      values.reserveCapacity(fields.count)
      for plan in fields {
        if let value = evaluation.value(of: plan) { values[plan.field] = value }
      }
      if isRow ? evaluation.hasValue : evaluation.hasNodeValue { holders.append(values) }
    }
    evaluation.node = evaluation.row
    evaluation.holder = nil
  }
}

extension RowEvaluation {
  /// The pieces of a text, each as a node of its own.
  mutating func parts(_ rule: SharedRule, _ separator: String) -> [SourceNode] {
    for index in 0..<startCount(rule.body.scope) {
      let start = start(rule.body.scope, index)
      for path in rule.body.paths {
        do throws(DocumentError) {
          switch try path.find(from: start, wantsSeveral: false) {
          case .nothing: continue
          case .wrongKind(let kind):
            note("wrong-type", nil, path.text, "a text to split is expected, but \(kind) stands there")
            return []
          case .texts: return []
          case .text(let raw):
            let pieces = Self.parts(of: raw, separator, rule.body.nulls)
            if pieces.isEmpty { continue }
            return pieces.map { .part(TextPart($0, of: raw, from: start, at: path)) }
          }
        } catch {
          note("path-failed", nil, path.text, error.message)
          return []
        }
      }
    }
    return []
  }
}
