public import Applications
import CivilTime
import Crypto
import Documents

extension CompiledTemplate {
  /// The platform's message, in the template's charset. The same record and attachments give the same bytes.
  ///
  /// Throws everything that keeps the record from becoming a message: a required value that is absent, a word without entry in a code list, an attachment
  /// whose bytes are not among `attachments`.
  ///
  /// - Parameter attachments: found by their SM3 digests.
  public func render(
    _ record: ApplicationRecord, attachments: [Attachment] = []
  ) throws(TemplateError) -> [UInt8] {
    guard record.kind == self.record else {
      throw TemplateError(problems: [
        RowProblem(
          code: "wrong-kind", field: "", source: "kind",
          message: "the template is for a \(self.record.rawValue), not a \(record.kind.rawValue)")
      ])
    }
    var evaluation = TemplateEvaluation(record: record.values, attachments: attachments)
    var message: [UInt8]
    switch body {
    case .json(let template):
      var writer = JSONWriter()
      if !evaluation.write(template, absence, "", to: &writer) { writer.object { _ in } }
      message = writer.takeBytes()
    case .xml(let root):
      message = Array(
        "<?xml version=\"1.0\" encoding=\"\(charset == .gb18030 ? "GB18030" : "UTF-8")\"?>\n".utf8)
      evaluation.write(root, absence, "", to: &message)
      do throws(DocumentError) {
        message = try charset.encode(message)
      } catch {
        evaluation.note("unencodable", "", "", error.message)
      }
    }
    guard evaluation.problems.isEmpty else { throw TemplateError(problems: evaluation.problems) }
    return message
  }
}

/// One record on its way into a message.
struct TemplateEvaluation {
  let record: ApplicationValues
  let attachments: [Attachment]
  /// The element of a list that is written.
  private(set) var element: ApplicationValues?
  private(set) var problems: [RowProblem] = []

  init(record: ApplicationValues, attachments: [Attachment]) {
    self.record = record
    self.attachments = attachments
  }

  mutating func note(_ code: String, _ place: String, _ source: String, _ message: String) {
    problems.append(RowProblem(code: code, field: place, source: source, message: message))
  }

  /// Runs `body` for each element of a list.
  mutating func each(_ list: ListPath, _ body: (inout TemplateEvaluation, Int) -> Void) {
    guard case .list(let elements)? = record[list.name] else { return }
    let outer = element
    for (place, values) in elements.enumerated() {
      element = values
      body(&self, place)
    }
    element = outer
  }

  /// The first value that a rule gives, and how it stands in JSON; nil when none does.
  mutating func text(
    of value: TemplateValue, at place: String
  ) -> (text: String, form: TemplateRule.JSONForm)? {
    for rule in value.rules {
      if let condition = rule.condition, !holds(condition, at: place) { continue }
      let before = problems.count
      if let text = text(of: rule, at: place) {
        if let problem = rule.form.problem(with: text) {
          // The text is somebody's; only what it is not is told.
          note("wrong-form", place, rule.sourceText, problem.components(before: ", not"))
          return nil
        }
        return (text, rule.form)
      }
      // A rule that failed does not pass on to the next.
      if problems.count > before { return nil }
    }
    return nil
  }

  private mutating func text(of rule: TemplateRule, at place: String) -> String? {
    let found: ApplicationValue?
    let path: FieldPath
    switch rule.source {
    case .constant(let text): return text
    case .content: return content(at: place)
    case .field(let source):
      path = source
      found = value(at: source)
    }
    guard let found, let raw = written(found, rule) else {
      if let otherwise = rule.otherwise { return otherwise }
      if rule.isRequired { note("no-value", place, path.text, "a value is needed") }
      return nil
    }
    var text = rule.normalization.isEmpty ? raw : rule.normalization.apply(to: raw)
    if let codes = rule.codes {
      if let code = codes.table[text] {
        text = code
      } else if let otherwise = rule.otherwise {
        return otherwise
      } else if !codes.keepsUnknown {
        note("unknown-code", place, path.text, "the code list has no entry for the record's word")
        return nil
      }
    }
    return text
  }

  private func written(_ value: ApplicationValue, _ rule: TemplateRule) -> String? {
    switch value {
    case .date(let date): (rule.date ?? .dashed).text(date)
    case .amount(let amount): rule.unit?.convert(amount) ?? amount
    default: value.text
    }
  }

  private func value(at path: FieldPath) -> ApplicationValue? {
    (path.isOfRecord ? record : element ?? record).value(at: path.text)
  }

  private mutating func content(at place: String) -> String? {
    guard case .text(let sm3)? = element?["sm3"],
      let attachment = attachments.first(where: { $0.sm3.lowercased() == sm3.lowercased() })
    else {
      note("no-attachment", place, "attachments", "the bytes of the attachment are not at hand")
      return nil
    }
    return Base64.encode(attachment.bytes)
  }

  /// Whether the condition is true of the record. A pattern that runs away is noted, so that nothing is left out in silence.
  mutating func holds(_ condition: TemplateCondition, at place: String) -> Bool {
    switch condition {
    case .not(let inner): return !holds(inner, at: place)
    case .all(let inner):
      for condition in inner where !holds(condition, at: place) { return false }
      return true
    case .any(let inner):
      for condition in inner where holds(condition, at: place) { return true }
      return false
    case .test(let path, let test):
      let text = value(at: path)?.text
      switch test {
      case .isPresent(let wanted): return (text != nil) == wanted
      case .isOneOf(let texts): return text.map(texts.contains) ?? false
      case .matches(let pattern):
        do throws(DocumentError) {
          return try text.map { (text) throws(DocumentError) in try pattern.contains(text) } ?? false
        } catch {
          note("condition-failed", place, path.text, error.message)
          return false
        }
      }
    }
  }
}

extension String {
  /// What stands before `mark`.
  fileprivate func components(before mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
