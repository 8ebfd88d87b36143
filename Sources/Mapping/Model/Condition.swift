import Documents

/// A question to a row, answered yes or no; a value that is not there answers every test but `present` with no.
indirect enum Condition: Sendable {
  case test(SharedRule, ConditionTest)
  case not(Condition)
  case all([Condition])
  case any([Condition])
}

enum ConditionTest: Sendable {
  case isOneOf(TextSet)
  /// Somewhere in the text.
  case matches(RegularExpression)
  case isPresent(Bool)
}
