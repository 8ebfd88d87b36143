extension ConfigurationValue {
  /// A text as written. Numbers and booleans count as texts here: `code: 00` is "00".
  public func text(allowingEmpty: Bool = false) -> String? {
    guard let text = node.asText else {
      mismatch(expected: "a text")
      return nil
    }
    guard allowingEmpty || !text.isEmpty else {
      error("must not be empty")
      return nil
    }
    return text
  }

  public func integer(in range: ClosedRange<Int> = .min ... .max) -> Int? {
    let limits = range == .min ... .max ? "" : " (\(Self.describe(range)))"
    guard let number = node.asInteger else {
      let unquoted = unquotedSuggestion { $0.asInteger != nil }
      mismatch(expected: "an integer\(limits)", suggestion: unquoted)
      return nil
    }
    guard range.contains(number) else {
      error("must be \(Self.describe(range)), not \(number)")
      return nil
    }
    return number
  }

  /// A decimal number as written, e.g. "1.10".
  public func decimal() -> String? {
    guard let number = node.asDecimal else {
      mismatch(expected: "a number", suggestion: unquotedSuggestion { $0.asDecimal != nil })
      return nil
    }
    return number
  }

  public func boolean() -> Bool? {
    guard let boolean = node.asBoolean else {
      let suggestion: String? =
        switch node.asText?.lowercased() {
        case "yes", "on", "y", "1", "true", "t", "是": "true"
        case "no", "off", "n", "0", "false", "f", "否": "false"
        default: node.asText.flatMap { Suggestion.nearest(to: $0, in: ["true", "false"]) }
        }
      mismatch(expected: "true or false", suggestion: suggestion)
      return nil
    }
    return boolean
  }

  /// A span of time with its unit: `250ms`, `30s`, `10m`, `48h`, `31d`, or several from large to small: `1h30m`.
  public func duration(in range: ClosedRange<Duration>? = nil) -> Duration? {
    guard let text = node.asText, let duration = DurationText.parse(text) else {
      let suggestion = node.asText.flatMap(DurationText.suggestion)
      mismatch(
        expected: "a duration with its unit, such as 250ms, 30s, 10m, 48h or 31d", suggestion: suggestion)
      return nil
    }
    if let range, !range.contains(duration) {
      let least = DurationText.write(range.lowerBound)
      error("must be \(least) to \(DurationText.write(range.upperBound)), not \(text)")
      return nil
    }
    return duration
  }

  /// A number of bytes with its unit: `512 B`, `64 KiB`, `16 MiB`, `1 GiB`, `20 kB`, `5 MB`, `1 GB`.
  public func byteCount(in range: ClosedRange<Int>? = nil) -> Int? {
    guard let text = node.asText, let bytes = ByteCountText.parse(text) else {
      let suggestion = node.asText.flatMap(ByteCountText.suggestion)
      mismatch(
        expected: "a size with its unit, such as 512 B, 64 KiB, 16 MiB or 1 GiB", suggestion: suggestion)
      return nil
    }
    if let range, !range.contains(bytes) {
      let most = range.upperBound == .max ? "" : " and at most \(ByteCountText.write(range.upperBound))"
      error("must be at least \(ByteCountText.write(range.lowerBound))\(most), not \(text)")
      return nil
    }
    return bytes
  }

  /// One word of a closed set.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type = Choice.self)
    -> Choice?
  {
    guard let word = choice(among: Choice.allCases.map(\.rawValue)) else { return nil }
    return Choice(rawValue: word)
  }

  public func choice(among words: [String]) -> String? {
    if let text = node.asText, words.contains(text) { return text }
    guard !words.isEmpty else {
      error("is \(found), and there is nothing it could name")
      return nil
    }
    let shown =
      words.count <= 24 ? words.joined(separator: ", ") : "\(words.prefix(24).joined(separator: ", ")) …"
    let suggestion = node.asText.flatMap { Suggestion.nearest(to: $0, in: words) }
    mismatch(expected: words.count == 1 ? shown : "one of \(shown)", suggestion: suggestion)
    return nil
  }

  /// A text with a form of its own: a path, a date, an expression.
  ///
  /// - Parameters:
  ///   - expected: what it must be, after "must be": `a date such as 2020-01-31`.
  ///   - convert: returns nil or throws when the text is not that. A `DocumentError` with a position is reported
  ///     at that place inside the value.
  ///   - isSecret: never show the text.
  public func parse<Value>(
    _ expected: String, isSecret: Bool = false, _ convert: (String) throws -> Value?
  ) -> Value? {
    guard let text = text(allowingEmpty: true) else { return nil }
    do {
      if let value = try convert(text) { return value }
      if isSecret { error("must be \(expected)") } else { mismatch(expected: expected) }
    } catch let problem as DocumentError {
      diagnostics.error(
        "\(path) must be \(expected): \(problem.message)", at: mark(inside: problem.position))
    } catch {
      self.error(isSecret ? "must be \(expected)" : "must be \(expected): \(error)")
    }
    return nil
  }

  /// The place of `position`, which counts inside this value's text, in the file. Exact for scalars on one line
  /// without escapes; the beginning of the value otherwise.
  public func mark(inside position: DocumentPosition?) -> YAMLMark {
    guard let position, position.line == 1, case .scalar(_, let style) = node.content else { return mark }
    var place = mark
    switch style {
    case .plain: place.column += position.column - 1
    case .singleQuoted, .doubleQuoted: place.column += position.column
    case .literal, .folded: break
    }
    return place
  }

  /// The text without its quotes, when only they are wrong.
  private func unquotedSuggestion(_ fits: (YAMLNode) -> Bool) -> String? {
    guard case .scalar(let text, let style) = node.content, style != .plain else { return nil }
    return fits(YAMLNode(.scalar(text, .plain), mark: mark)) ? text : nil
  }
}
