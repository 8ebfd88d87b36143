import Documents

/// A question to a row, answered yes or no; a value that is not there answers every test but `present` with no.
indirect enum Condition: Sendable {
  case test(SharedRule, ConditionTest)
  case not(Condition)
  case all([Condition])
  case any([Condition])
}

/// A text that values are compared with, and where it is written.
struct ComparedText: Sendable {
  let text: String
  let mark: YAMLMark
}

enum ConditionTest: Sendable {
  case isOneOf(TextSet, [ComparedText])
  /// Somewhere in the text.
  case matches(RegularExpression, ComparedText)
  case isPresent(Bool)
}
