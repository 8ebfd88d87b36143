import Certificates
import CivilTime
import Documents

/// A value written in the mapping itself (`constant`, `otherwise`), in the form records have: dates as `2019-04-17`,
/// amounts in the field's unit.
enum ConstantValue {
  /// Nil after a report.
  static func read(_ value: ConfigurationValue, _ field: Field) -> FieldValue? {
    if field.type == .texts {
      guard let texts = value.elementsOrSelf()?.compactMap({ $0.text() }), !texts.isEmpty else { return nil }
      return .texts(texts)
    }
    guard let text = value.text() else { return nil }
    switch field.type {
    case .text, .texts: return .text(text)
    case .code(let list):
      if list.entry(text) == nil {
        let message = "must be one of \(list.words), not '\(text)'"
        let nearest = Suggestion.nearest(to: text, in: list.entries.map(\.code))
        if list.isClosed {
          value.error(message, suggestion: nearest)
          return nil
        }
        value.warning(message, suggestion: nearest)
      }
      return .text(text)
    case .identifier(let kind):
      let report = Identifier.inspect(kind, text)
      guard let normal = report.normal else {
        value.error("is no \(kind.rawValue): \(report.reasons.first?.message ?? "")")
        return nil
      }
      return .text(normal)
    case .date: return wanted(value, "a date such as 2019-04-17", CivilDate(iso: text).map { .date($0) })
    case .timestamp:
      return wanted(
        value, "a time such as 2019-04-17T08:00:00+08:00", Timestamp(iso8601: text).map { .timestamp($0) })
    case .decimal(let unit):
      return wanted(
        value, "a number in \(unit.rawValue)", DecimalText.canonical(text).map { .decimal($0) })
    case .flag: return wanted(value, "true or false", FlagText.read(text).map { .flag($0) })
    }
  }

  private static func wanted(
    _ value: ConfigurationValue, _ expected: String, _ result: FieldValue?
  ) -> FieldValue? {
    if result == nil { value.mismatch(expected: expected) }
    return result
  }
}

extension CodeList {
  /// The codes for messages: `01, 02, 03 (certificate-state)`.
  var words: String { "\(entries.map(\.code).joined(separator: ", ")) (\(rawValue))" }
}
