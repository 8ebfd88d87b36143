extension ConfigurationReader {
  public func text(_ key: String, allowingEmpty: Bool = false) -> String {
    value(key)?.text(allowingEmpty: allowingEmpty) ?? ""
  }

  public func text(_ key: String, default fallback: String, allowingEmpty: Bool = false) -> String {
    text(ifPresent: key, allowingEmpty: allowingEmpty) ?? fallback
  }

  public func text(ifPresent key: String, allowingEmpty: Bool = false) -> String? {
    value(ifPresent: key)?.text(allowingEmpty: allowingEmpty)
  }

  public func integer(_ key: String, in range: ClosedRange<Int> = .min ... .max) -> Int {
    value(key)?.integer(in: range) ?? range.lowerBound
  }

  public func integer(_ key: String, in range: ClosedRange<Int> = .min ... .max, default fallback: Int) -> Int
  {
    integer(ifPresent: key, in: range) ?? fallback
  }

  public func integer(ifPresent key: String, in range: ClosedRange<Int> = .min ... .max) -> Int? {
    value(ifPresent: key)?.integer(in: range)
  }

  /// The number as written.
  public func decimal(_ key: String) -> String {
    value(key)?.decimal() ?? "0"
  }

  public func decimal(_ key: String, default fallback: String) -> String {
    decimal(ifPresent: key) ?? fallback
  }

  public func decimal(ifPresent key: String) -> String? {
    value(ifPresent: key)?.decimal()
  }

  public func boolean(_ key: String) -> Bool {
    value(key)?.boolean() ?? false
  }

  public func boolean(_ key: String, default fallback: Bool) -> Bool {
    boolean(ifPresent: key) ?? fallback
  }

  public func boolean(ifPresent key: String) -> Bool? {
    value(ifPresent: key)?.boolean()
  }

  public func duration(_ key: String, in range: ClosedRange<Duration>? = nil) -> Duration {
    value(key)?.duration(in: range) ?? range?.lowerBound ?? .zero
  }

  public func duration(
    _ key: String, in range: ClosedRange<Duration>? = nil, default fallback: Duration
  ) -> Duration {
    duration(ifPresent: key, in: range) ?? fallback
  }

  public func duration(ifPresent key: String, in range: ClosedRange<Duration>? = nil) -> Duration? {
    value(ifPresent: key)?.duration(in: range)
  }

  public func byteCount(_ key: String, in range: ClosedRange<Int>? = nil) -> Int {
    value(key)?.byteCount(in: range) ?? range?.lowerBound ?? 0
  }

  public func byteCount(_ key: String, in range: ClosedRange<Int>? = nil, default fallback: Int) -> Int {
    byteCount(ifPresent: key, in: range) ?? fallback
  }

  public func byteCount(ifPresent key: String, in range: ClosedRange<Int>? = nil) -> Int? {
    value(ifPresent: key)?.byteCount(in: range)
  }

  /// One word of `Choice`, which must have at least one case.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, among type: Choice.Type = Choice.self
  ) -> Choice {
    if let choice = value(key)?.choice(type) { return choice }
    guard let placeholder = Choice.allCases.first else {
      preconditionFailure("\(Choice.self) has no cases to choose from")
    }
    return placeholder
  }

  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, among type: Choice.Type = Choice.self, default fallback: Choice
  ) -> Choice {
    choice(ifPresent: key, among: type) ?? fallback
  }

  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    ifPresent key: String, among type: Choice.Type = Choice.self
  ) -> Choice? {
    value(ifPresent: key)?.choice(type)
  }

  /// A text with a form of its own; see `ConfigurationValue.parse`. Nil after a report.
  public func parse<Value>(
    _ key: String, _ expected: String, isSecret: Bool = false, _ convert: (String) throws -> Value?
  ) -> Value? {
    value(key)?.parse(expected, isSecret: isSecret, convert)
  }

  public func parse<Value>(
    ifPresent key: String, _ expected: String, isSecret: Bool = false, _ convert: (String) throws -> Value?
  ) -> Value? {
    value(ifPresent: key)?.parse(expected, isSecret: isSecret, convert)
  }
}
