import Certificates
import Documents

/// The evaluation of one row by one entity: what the rules see, and what goes wrong on the way.
struct RowEvaluation {
  /// What became of a rule.
  enum Outcome {
    case value(FieldValue)
    /// Nothing to say; no fault.
    case nothing
    /// A fault, which has been noted.
    case failed
  }

  /// A text with the way it was found.
  struct Source {
    let node: SourceNode
    let path: ValuePath
    let raw: String
  }

  let message: SourceNode
  let row: SourceNode
  /// For each join of the entity its rows that belong to this one.
  let joined: [[SourceNode]]
  /// Where relative paths start: the row, or the node of a holder.
  var node: SourceNode
  /// The place of the holder whose fields are made.
  var holder: Int?
  /// Whether any value was found, wherever it stands.
  var hasValue = false
  /// Whether any value was found at ``node`` itself.
  var hasNodeValue = false
  var reasons: [RowProblem] = []
  var warnings: [RowProblem] = []
  /// Filled when asked for.
  var derivations: [FieldDerivation]?

  init(message: SourceNode, row: SourceNode, joined: [[SourceNode]], isTraced: Bool = false) {
    self.message = message
    self.row = row
    self.joined = joined
    node = row
    if isTraced { derivations = [] }
  }

  /// Makes the value of a field; nil when there is none, or when there is a fault.
  mutating func value(of plan: FieldPlan) -> FieldValue? {
    for rule in plan.rules {
      if let condition = rule.body.condition, !holds(condition) { continue }
      var source: Source?
      switch make(rule, plan.field, &source) {
      case .value(let value):
        if derivations != nil { trace(plan.field, source, value) }
        return value
      case .nothing:
        guard rule.body.isRequired else { continue }
        note("no-value", plan.field, rule, "a value is required and there is none")
        return nil
      case .failed: return nil
      }
    }
    return nil
  }

  private mutating func make(_ rule: SharedRule, _ field: Field, _ source: inout Source?) -> Outcome {
    if let constant = rule.body.constant { return .value(constant) }
    let wantsSeveral = field.type == .texts
    for index in 0..<startCount(rule.body.scope) {
      let start = start(rule.body.scope, index)
      for path in rule.body.paths {
        switch find(path, start, rule, field, wantsSeveral) {
        case .nothing: continue
        case .wrongKind: return .failed
        case .text(let raw):
          if derivations != nil { source = Source(node: start, path: path, raw: raw) }
          let text = rule.body.keepsBlanks ? raw : BlankTrimming.trim(raw)
          if rule.body.nulls.contains(text) { continue }
          markFound(rule)
          return wantsSeveral ? texts([text], rule, field) : convert(text, rule, field)
        case .texts(let raw):
          let texts = raw.map { rule.body.keepsBlanks ? $0 : BlankTrimming.trim($0) }
            .filter { !rule.body.nulls.contains($0) }
          if texts.isEmpty { continue }
          markFound(rule)
          if derivations != nil {
            source = Source(node: start, path: path, raw: raw.joined(separator: "\n"))
          }
          return self.texts(texts, rule, field)
        }
      }
    }
    source = nil
    return rule.body.otherwise.map { .value($0) } ?? .nothing
  }

  /// What the path gives, a fault noted.
  private mutating func find(
    _ path: ValuePath, _ start: SourceNode, _ rule: SharedRule, _ field: Field, _ wantsSeveral: Bool
  ) -> FoundText {
    do throws(DocumentError) {
      let found = try path.find(from: start, wantsSeveral: wantsSeveral)
      if case .wrongKind(let kind) = found {
        let message = "a single value is expected, but \(kind) stands there"
        if rule.body.leavesOutUnreadable {
          warnings.append(
            RowProblem(
              code: "wrong-type", field: self.path(of: field), source: path.text,
              message: "\(message); it was left out"))
        } else {
          note("wrong-type", field, path, message)
        }
      }
      return found
    } catch {
      note("path-failed", field, path, error.message)
      return .wrongKind("")
    }
  }

  /// The number of nodes at which a rule's paths start; of several joined rows the first that has a value counts.
  func startCount(_ scope: ValueRule.Scope) -> Int {
    if case .join(let join) = scope { joined[join].count } else { 1 }
  }

  func start(_ scope: ValueRule.Scope, _ index: Int) -> SourceNode {
    switch scope {
    case .node: node
    case .row: row
    case .message: message
    case .join(let join): joined[join][index]
    }
  }

  private mutating func markFound(_ rule: SharedRule) {
    hasValue = true
    if rule.body.scope == .node { hasNodeValue = true }
  }

  private mutating func texts(_ texts: [String], _ rule: SharedRule, _ field: Field) -> Outcome {
    var results: [String] = []
    for text in texts {
      guard let edited = edit(text, rule, field) else { return .failed }
      let parts = rule.body.separator.map { Self.parts(of: edited, $0, rule.body.nulls) } ?? [edited]
      for part in parts {
        guard let coded = decode(part, rule, field), let checked = check(coded, rule, field) else {
          return .failed
        }
        results.append(checked)
      }
    }
    if results.isEmpty { return rule.body.otherwise.map { .value($0) } ?? .nothing }
    return .value(.texts(results))
  }

  /// The pieces of a text without blanks around them and without those that mean nothing.
  static func parts(of text: String, _ separator: String, _ nulls: TextSet) -> [String] {
    text.split(separator: separator).map { BlankTrimming.trim(String($0)) }.filter { !nulls.contains($0) }
  }

  private mutating func convert(_ text: String, _ rule: SharedRule, _ field: Field) -> Outcome {
    var text = text
    if !rule.body.isPlain {
      guard let edited = edit(text, rule, field), let coded = decode(edited, rule, field) else {
        return .failed
      }
      // What editing leaves empty says nothing.
      if coded.isEmpty { return rule.body.otherwise.map { .value($0) } ?? .nothing }
      text = coded
    }
    return typed(text, rule, field)
  }

  private mutating func trace(_ field: Field, _ source: Source?, _ value: FieldValue) {
    var raw = source?.raw
    if case .part(let part)? = source?.node { raw = part.whole }
    let derivation = FieldDerivation(
      field: path(of: field), source: source.map { $0.path.absolutePath(from: $0.node) }, raw: raw,
      value: value.displayText)
    derivations?.append(derivation)
  }
}
