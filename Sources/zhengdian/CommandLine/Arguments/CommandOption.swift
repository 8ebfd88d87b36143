import CivilTime
import Documents

/// An option of a command, read into `Value` and asked for by itself: `invocation[kind]`.
struct CommandOption<Value: Sendable>: AnyCommandOption {
  let definition: OptionDefinition

  fileprivate init(
    _ name: String, _ placeholder: String?, _ help: String, isRequired: Bool = false,
    isRepeated: Bool = false,
    read: @escaping @Sendable (String) throws(UsageError) -> Value
  ) {
    definition = OptionDefinition(
      name: name, placeholder: placeholder, help: help, isRequired: isRequired, isRepeated: isRepeated,
      read: { (text) throws(UsageError) -> any Sendable in try read(text) })
  }
}

/// An option whatever its type, for the list of a command.
protocol AnyCommandOption: Sendable {
  var definition: OptionDefinition { get }
}

/// What the reader of arguments and the help text need to know of an option.
struct OptionDefinition: Sendable {
  /// Without the dashes.
  let name: String
  /// How the help text calls the value; `nil` for a flag, which takes none.
  let placeholder: String?
  let help: String
  let isRequired: Bool
  /// May stand several times.
  let isRepeated: Bool
  let read: @Sendable (String) throws(UsageError) -> any Sendable
}

extension CommandOption where Value == Bool {
  /// There or not there.
  static func flag(_ name: String, _ help: String) -> Self {
    Self(name, nil, help) { _ in true }
  }
}

extension CommandOption where Value == String {
  static func text(
    _ name: String, _ placeholder: String, _ help: String, isRequired: Bool = false, isRepeated: Bool = false
  ) -> Self {
    Self(name, placeholder, help, isRequired: isRequired, isRepeated: isRepeated) { $0 }
  }

  /// A file or folder; `~` is the shell's business.
  static func path(_ name: String, _ placeholder: String, _ help: String, isRequired: Bool = false) -> Self {
    Self(name, placeholder, help, isRequired: isRequired) { (text) throws(UsageError) in
      if text.isEmpty { throw UsageError("--\(name) needs the name of a \(placeholder.lowercased())") }
      return text
    }
  }
}

extension CommandOption where Value == Int {
  static func integer(
    _ name: String, _ placeholder: String, in range: ClosedRange<Int>, _ help: String,
    isRequired: Bool = false, isRepeated: Bool = false
  ) -> Self {
    Self(name, placeholder, help, isRequired: isRequired, isRepeated: isRepeated) {
      (text) throws(UsageError) in
      guard let number = Int(text), range.contains(number) else {
        throw UsageError(
          "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
      }
      return number
    }
  }
}

extension CommandOption where Value == Duration {
  /// `250ms`, `30s`, `10m`, `48h`, `31d`, `1h30m`.
  static func duration(_ name: String, _ placeholder: String, _ help: String) -> Self {
    Self(name, placeholder, help) { (text) throws(UsageError) in
      guard let duration = DurationText.parse(text) else {
        throw UsageError(
          "--\(name) takes a duration such as 250ms, 30s, 10m or 1h30m, not '\(text)'",
          suggestion: DurationText.suggestion(text))
      }
      return duration
    }
  }
}

extension CommandOption where Value: CaseIterable & RawRepresentable<String> {
  /// One word of a closed list.
  static func choice(_ name: String, _ help: String, isRequired: Bool = false, isRepeated: Bool = false)
    -> Self
  {
    let words = Value.allCases.map(\.rawValue)
    return Self(name, words.joined(separator: "|"), help, isRequired: isRequired, isRepeated: isRepeated) {
      (text) throws(UsageError) in
      guard let value = Value(rawValue: text) else {
        throw UsageError(
          "--\(name) is one of \(words.joined(separator: ", ")), not '\(text)'",
          suggestion: Suggestion.nearest(to: text, in: words))
      }
      return value
    }
  }
}

extension CommandOption where Value == CivilDate {
  /// `2019-04-17`
  static func date(_ name: String, _ help: String) -> Self {
    Self(name, "DATE", help) { (text) throws(UsageError) in
      guard let date = CivilDate(iso: text) else {
        throw UsageError("--\(name) takes a date such as 2019-04-17")
      }
      return date
    }
  }
}

extension CommandOption where Value == Timestamp {
  /// `2019-04-17` (its first moment in China) or `2019-04-17T08:30:00Z`.
  static func moment(_ name: String, _ help: String) -> Self {
    Self(name, "TIME", help) { (text) throws(UsageError) in
      if let day = CivilDate(iso: text) {
        return CivilDateTime(startOf: day).timestamp(offsetSeconds: UTCOffset.china)
      }
      guard let moment = Timestamp(iso8601: text) else {
        throw UsageError("--\(name) takes a date such as 2019-04-17 or a time such as 2019-04-17T08:30:00Z")
      }
      return moment
    }
  }
}
