import Certificates
import CivilTime
import Documents

/// The steps from a text to a value, each in one method. Nil means a fault that has been noted.
extension RowEvaluation {
  /// `normalize`, `match` and `replace`.
  mutating func edit(_ text: String, _ rule: SharedRule, _ field: Field) -> String? {
    var text = text
    if !rule.body.normalization.isEmpty { text = rule.body.normalization.apply(to: text) }
    do throws(DocumentError) {
      if let match = rule.body.match {
        guard let groups = try match.captures(in: text) else {
          fault("no-match", field, rule, "the value is not of the form the mapping expects ('match')")
          return nil
        }
        text = (groups.count > 1 ? groups[1] : groups[0]) ?? ""
      }
      for replacing in rule.body.replacements {
        text = try replacing.pattern.replacing(text, with: replacing.replacement)
      }
    } catch {
      fault("pattern-failed", field, rule, error.message)
      return nil
    }
    return text
  }

  mutating func decode(_ text: String, _ rule: SharedRule, _ field: Field) -> String? {
    guard let codes = rule.body.codes else { return text }
    if let value = codes.table[text] { return value }
    let list = codes.table.name.isEmpty ? "the mapping's list" : codes.table.name
    switch codes.unknown {
    case .keep: break
    case .warn:
      warn("unknown-code", field, rule, "the code is not in \(list); it was kept as it is")
    case .discard:
      warn("unknown-code", field, rule, "the code is not in \(list); it was left out")
      return nil
    case .quarantine:
      note("unknown-code", field, rule, "the code is not in \(list)")
      return nil
    }
    return text
  }

  /// `check`: the normal form of an identifier.
  mutating func check(_ text: String, _ rule: SharedRule, _ field: Field) -> String? {
    guard let check = rule.body.check else { return text }
    // Nearly all identifiers are as they should be.
    if Identifier.isPlain(check.identifier, text) { return text }
    let report = Identifier.inspect(check.identifier, text)
    for finding in report.warnings {
      warn(finding.code.rawValue, field, rule, check.identifier.text(of: finding))
    }
    if report.reasons.isEmpty { return report.normal ?? text }
    for finding in report.reasons {
      let message = check.identifier.text(of: finding)
      if check.otherwise == .quarantine {
        note(finding.code.rawValue, field, rule, message)
      } else {
        warn(finding.code.rawValue, field, rule, message)
      }
    }
    return check.otherwise == .warn ? text : nil
  }

  /// The value in the field's type.
  mutating func typed(_ text: String, _ rule: SharedRule, _ field: Field) -> Outcome {
    switch field.type {
    case .text, .code, .identifier:
      guard let checked = check(text, rule, field) else { return .failed }
      return .value(.text(checked))
    case .texts:
      return .value(.texts([text]))
    case .date, .timestamp:
      guard let reading = read(text, rule.body.dates) else {
        fault("not-a-date", field, rule, "no date in any of the forms \(Self.words(rule.body.dates))")
        return .failed
      }
      if case .date = field.type { return .value(.date(Self.date(reading, rule.body.zoneSeconds))) }
      return .value(.timestamp(Self.instant(reading, rule.body.zoneSeconds)))
    case .decimal:
      guard let number = rule.body.unit?.convert(text) else {
        fault("not-a-number", field, rule, "no decimal number, or one of more than 60 digits")
        return .failed
      }
      return .value(.decimal(number))
    case .flag:
      guard let flag = FlagText.read(text) else {
        fault("not-a-flag", field, rule, "neither true nor false; give the platform's words in 'codes'")
        return .failed
      }
      return .value(.flag(flag))
    }
  }

  private func read(_ text: String, _ forms: [DateForm]) -> DateForm.Reading? {
    let bytes = text.utf8.span
    for form in forms {
      if let reading = form.read(bytes, isGuess: forms.count > 1) { return reading }
    }
    return nil
  }

  private static func date(_ reading: DateForm.Reading, _ zoneSeconds: Int) -> CivilDate {
    switch reading {
    case .date(let date): date
    case .local(let time, _): time.date
    case .instant(let instant): instant.civil(offsetSeconds: zoneSeconds).date
    }
  }

  private static func instant(_ reading: DateForm.Reading, _ zoneSeconds: Int) -> Timestamp {
    switch reading {
    case .date(let date): CivilDateTime(startOf: date).timestamp(offsetSeconds: zoneSeconds)
    case .local(let time, let millisecond):
      time.timestamp(offsetSeconds: zoneSeconds).advanced(byMilliseconds: Int64(millisecond))
    case .instant(let instant): instant
    }
  }

  private static func words(_ forms: [DateForm]) -> String {
    forms.count == DateForm.allCases.count
      ? "known" : forms.map { "'\($0.rawValue)'" }.joined(separator: ", ")
  }
}

/// How platforms write yes and no.
enum FlagText {
  static func read(_ text: String) -> Bool? {
    switch text {
    case "true", "1", "是": true
    case "false", "0", "否": false
    default: nil
    }
  }
}

extension IdentifierKind {
  /// The finding as a reason may tell it: without any piece of somebody's number, which `inspect` shows and a
  /// database must not keep.
  fileprivate func text(of finding: IdentifierFinding) -> String {
    guard self == .citizenNumber else { return "\(rawValue): \(finding.message)" }
    return switch finding.code {
    case .wrongCheck: "\(rawValue): the check character does not follow from the others"
    case .illegalCharacter: "\(rawValue): a character that does not belong there"
    case .impossibleDate: "\(rawValue): a birth date that cannot be"
    default: "\(rawValue): \(finding.message)"
    }
  }
}
