/// A regular expression in PCRE2's language (Perl's), over Unicode text. Compiled once; any number of threads may use it.
///
/// `$` matches only at the very end. `\d`, `\w`, `\s` and `\b` know ASCII only unless `unicodeClasses` is asked for;
/// `\p{Han}` and the like always work. Matching is bounded: an expression that runs away on some text becomes an error
/// with code `limit`, never a hang.
public struct RegularExpression: Sendable {
  public struct Options: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let caseInsensitive = Options(rawValue: 1)
    /// `^` and `$` also match at the lines' ends.
    public static let multiline = Options(rawValue: 2)
    /// Blanks in the pattern mean nothing, `#` starts a comment.
    public static let extended = Options(rawValue: 4)
    /// `\d`, `\w`, `\s`, `\b` by Unicode's properties, full-width digits included.
    public static let unicodeClasses = Options(rawValue: 8)
  }

  /// What one call may cost.
  public struct Limits: Hashable, Sendable {
    /// Steps of the matcher from one starting point.
    public var maxSteps: UInt32
    /// Choices kept open at once.
    public var maxDepth: UInt32
    /// Kibibytes of memory for them.
    public var maxKibibytes: UInt32
    /// Bytes of text in which a match is searched for; whole matches are not limited. The steps count anew from every
    /// starting point, so this bounds their product.
    public var maxSearchedBytes: Int

    public init(
      maxSteps: UInt32 = 1_000_000, maxDepth: UInt32 = 100_000, maxKibibytes: UInt32 = 32 << 10,
      maxSearchedBytes: Int = 256 << 10
    ) {
      self.maxSteps = maxSteps
      self.maxDepth = maxDepth
      self.maxKibibytes = maxKibibytes
      self.maxSearchedBytes = maxSearchedBytes
    }
  }

  public let pattern: String
  public let options: Options

  private let program: PatternProgram

  /// Throws `expression` with the position in `pattern` if it is not well formed.
  public init(_ pattern: String, options: Options = [], limits: Limits = Limits()) throws(DocumentError) {
    self.pattern = pattern
    self.options = options
    program = try PatternProgram(pattern, options: options, limits: limits)
  }

  /// An expression in the interoperable language I-Regexp (RFC 9485), the one of JSONPath's `match` and `search`.
  /// Throws `expression` with the position if `pattern` is not exactly of that language.
  ///
  /// `^` and `$` outside of character classes are taken as anchors, as in the mappings of the RFC's section 5.
  public init(iRegexp pattern: String, limits: Limits = Limits()) throws(DocumentError) {
    self.pattern = pattern
    options = []
    var translator = IRegexpTranslator(pattern)
    program = try PatternProgram(translator.translated(), options: [], limits: limits)
  }

  /// Number of groups, the whole match not counted.
  public var groupCount: Int { program.groupCount }

  /// Numbers of the named groups.
  public var groupNames: [String: Int] { program.groupNames }

  /// Whether the expression matches the whole text.
  public func matches(_ text: String) throws(DocumentError) -> Bool {
    try program.firstMatch(in: text, whole: true) != nil
  }

  /// Whether the expression matches somewhere in the text.
  public func contains(_ text: String) throws(DocumentError) -> Bool {
    try program.firstMatch(in: text, whole: false) != nil
  }

  /// Whether the expression matches all of the UTF-8 text; damaged UTF-8 is an error.
  public func matches(utf8: borrowing Span<UInt8>) throws(DocumentError) -> Bool {
    try program.firstRanges(in: utf8, whole: true) != nil
  }

  /// Whether the expression matches somewhere in the UTF-8 text; damaged UTF-8 is an error.
  public func contains(utf8: borrowing Span<UInt8>) throws(DocumentError) -> Bool {
    try program.firstRanges(in: utf8, whole: false) != nil
  }

  /// The first match in the text, or nil.
  public func firstMatch(in text: String) throws(DocumentError) -> Match? {
    try program.firstMatch(in: text, whole: false).map {
      Match(text: text, ranges: $0, names: program.groupNames)
    }
  }

  /// All matches in the text from left to right, none overlapping another.
  public func allMatches(in text: String) throws(DocumentError) -> [Match] {
    try program.allMatches(in: text).map { Match(text: text, ranges: $0, names: program.groupNames) }
  }

  /// The groups of the first match in the text (0 is the match itself), or nil; a group that took no part is nil.
  public func captures(in text: String) throws(DocumentError) -> [String?]? {
    guard let match = try firstMatch(in: text) else { return nil }
    return (0...groupCount).map { match[$0] }
  }

  /// The text with every match replaced. In `template`, `$1` or `${name}` stands for a group and `$$` for a dollar sign;
  /// a reference to a group that does not exist is an error.
  public func replacing(_ text: String, with template: String) throws(DocumentError) -> String {
    try replacing(text, with: Replacement(template, for: self))
  }

  /// The text with every match replaced by a template prepared before.
  public func replacing(_ text: String, with replacement: Replacement) throws(DocumentError) -> String {
    let matches = try allMatches(in: text)
    guard !matches.isEmpty else { return text }
    var output = ""
    var end = 0
    let utf8 = text.utf8
    func slice(_ range: Range<Int>) -> Substring {
      text[
        utf8.index(
          utf8.startIndex, offsetBy: range.lowerBound)..<utf8.index(
            utf8.startIndex, offsetBy: range.upperBound)]
    }
    for match in matches {
      output += slice(end..<match.range.lowerBound)
      replacement.append(match, to: &output)
      end = match.range.upperBound
    }
    output += slice(end..<utf8.count)
    return output
  }
}

extension RegularExpression {
  /// One place where an expression matched.
  public struct Match: Sendable {
    let text: String
    /// Bytes from the start of the text: of the whole match, then of each group.
    public let ranges: [Range<Int>?]
    private let names: [String: Int]

    init(text: String, ranges: [Range<Int>?], names: [String: Int]) {
      self.text = text
      self.ranges = ranges
      self.names = names
    }

    /// Where the match is, in UTF-8 bytes from the start of the text.
    public var range: Range<Int> { (ranges.first ?? nil) ?? 0..<0 }

    /// The text of a group (0 is the match itself); nil if it took no part or does not exist.
    public subscript(group: Int) -> String? {
      guard ranges.indices.contains(group), let range = ranges[group] else { return nil }
      let utf8 = text.utf8
      let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
      return String(text[start..<utf8.index(start, offsetBy: range.count)])
    }

    /// The text of a named group; nil if it took no part or does not exist.
    public subscript(name: String) -> String? { names[name].flatMap { self[$0] } }
  }
}
