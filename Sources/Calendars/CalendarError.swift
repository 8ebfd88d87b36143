/// Why there is no answer about days, or why a calendar file cannot be used.
public struct CalendarError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No calendar was published for a year that matters. Rest days are decreed each November; they are never guessed.
    public static let unknownYear = Code(rawValue: "unknown-year")
    /// A calendar file with mistakes; see ``CalendarError/problems``.
    public static let invalidFile = Code(rawValue: "invalid-file")
    /// A number of days nobody means.
    public static let daysOutOfRange = Code(rawValue: "days-out-of-range")
  }

  /// A mistake in a calendar file. Line and column count from 1, columns in characters.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let column: Int
    public let message: String

    public var description: String { "\(file):\(line):\(column): error: \(message)" }
  }

  public let code: Code
  public let message: String
  /// All mistakes of the file, in its order.
  public let problems: [Problem]
  /// The year of which no calendar is known.
  public let year: Int?

  init(_ code: Code, _ message: String, problems: [Problem] = [], year: Int? = nil) {
    self.code = code
    self.message = message
    self.problems = problems
    self.year = year
  }

  var chineseYear: String { year.map { "\($0)年" } ?? "所需年份" }

  static func unknownYear(_ year: Int, known: [Int]) -> CalendarError {
    let range = known.isEmpty ? "none is" : known.map(String.init).joined(separator: ", ") + " are"
    return CalendarError(
      .unknownYear,
      "no calendar of working days is known for \(year) (\(range)); add the published one to the calendar file",
      year: year)
  }

  public var description: String {
    problems.isEmpty ? "\(message) [\(code.rawValue)]" : problems.map(\.description).joined(separator: "\n")
  }
}
