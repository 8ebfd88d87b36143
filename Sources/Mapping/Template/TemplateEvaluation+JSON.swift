import Applications
import Documents

extension TemplateEvaluation {
  /// Writes a value where one may stand. False, and nothing written, when it is absent and absent values are left out.
  mutating func write(
    _ template: JSONTemplate, _ absence: TemplateAbsence, _ place: String, to writer: inout JSONWriter
  ) -> Bool {
    switch prepared(template, place) {
    case nil:
      guard absence == .null else { return false }
      writer.null()
    case .text(let text, let form): Self.write(text, form, &writer)
    case .object(let members): writeObject(members, absence, place, &writer)
    case .each(let list, let inner):
      writer.array { writer in
        each(list) { evaluation, index in
          // An element that is left out would shift the others.
          if !evaluation.write(inner, absence, "\(place)[\(index)]", to: &writer) { writer.null() }
        }
      }
    }
    return true
  }

  private enum Prepared {
    case text(String, TemplateRule.JSONForm)
    case object([JSONMember])
    case each(ListPath, JSONTemplate)
  }

  /// Nil: absent.
  private mutating func prepared(_ template: JSONTemplate, _ place: String) -> Prepared? {
    switch template {
    case .value(let value): return text(of: value, at: place).map { .text($0.text, $0.form) }
    case .object(let members, let condition):
      if let condition, !holds(condition, at: place) { return nil }
      return .object(members)
    case .each(let list, let inner): return record[list.name] == nil ? nil : .each(list, inner)
    }
  }

  private mutating func writeObject(
    _ members: [JSONMember], _ absence: TemplateAbsence, _ place: String, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      for member in members {
        let path = place.isEmpty ? member.name : "\(place).\(member.name)"
        guard let value = prepared(member.value, path) else {
          if absence == .null { writer.member(member.name) { $0.null() } }
          continue
        }
        writer.member(member.name) { writer in
          switch value {
          case .text(let text, let form): Self.write(text, form, &writer)
          case .object(let members): writeObject(members, absence, path, &writer)
          case .each: _ = write(member.value, absence, path, to: &writer)
          }
        }
      }
    }
  }

  private static func write(_ text: String, _ form: TemplateRule.JSONForm, _ writer: inout JSONWriter) {
    switch form {
    case .text: writer.string(text)
    case .number: writer.number(written: text)
    case .boolean: writer.boolean(text == "true")
    }
  }
}
