/// What is known of one identifier as somebody wrote it.
///
/// `reasons` say why it cannot be right: its form is broken, or a check that is certain fails. `warnings` say what
/// deserves a look though the identifier may be right: a variant spelling that was repaired, or a rule that is only
/// inferred from published examples. An identifier is valid exactly when there are no reasons.
public struct IdentifierReport: Hashable, Sendable {
  public let kind: IdentifierKind
  /// The text as it came.
  public let input: String
  /// One spelling for all variants of the same identifier; `nil` when it is not valid.
  public let normal: String?
  public let reasons: [IdentifierFinding]
  public let warnings: [IdentifierFinding]
  /// The parts that could be read, in the order they stand; also of an invalid identifier, as far as its form allows.
  public let parts: [IdentifierPart]

  public var isValid: Bool { reasons.isEmpty }

  /// The text of a part such as `area` or `birthDate`, or `nil` when it was not readable.
  public func part(_ name: String) -> String? {
    parts.first { $0.name == name }?.value
  }
}

/// A named piece of an identifier, such as `area` = `320400`.
public struct IdentifierPart: Hashable, Sendable {
  public let name: String
  public let value: String
}

/// One reason or warning: a stable code for machines and a sentence for people.
///
/// The sentence names positions and expected characters, never the identifier itself, so it may be logged.
public struct IdentifierFinding: Hashable, Sendable, CustomStringConvertible {
  public let code: Code
  public let message: String

  public var description: String { "\(code.rawValue): \(message)" }

  /// Open to growth: read it as text where a new one must not break you.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing but blanks.
    public static let empty = Code(rawValue: "empty")
    /// Characters were hidden by `*` before the text came here.
    public static let masked = Code(rawValue: "masked")
    /// Too short, too long, or the number of groups is wrong.
    public static let wrongLength = Code(rawValue: "wrong-length")
    /// A character that this position cannot have.
    public static let illegalCharacter = Code(rawValue: "illegal-character")
    /// The groups or fixed words do not stand as the rule says.
    public static let wrongForm = Code(rawValue: "wrong-form")
    /// The check character does not follow from the others.
    public static let wrongCheck = Code(rawValue: "wrong-check")
    /// The check of a part (an organisation code, an authority's code) fails.
    public static let innerCheck = Code(rawValue: "inner-check")
    /// A check that is inferred from examples, not read in a standard, fails.
    public static let inferredCheck = Code(rawValue: "inferred-check")
    /// A date that the calendar does not have, or that lies in the future.
    public static let impossibleDate = Code(rawValue: "impossible-date")
    /// A date or year that exists but is hardly meant.
    public static let unlikelyDate = Code(rawValue: "unlikely-date")
    /// A code of a list that is not known here; lists grow.
    public static let unknownCode = Code(rawValue: "unknown-code")
    /// Parts that rarely stand together.
    public static let unlikely = Code(rawValue: "unlikely")
    /// An older form that is still in use.
    public static let legacy = Code(rawValue: "legacy")
    /// The text says itself that the certificate was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
    /// Another root, a bare area code as issuer and the like, seen in the wild.
    public static let nonStandard = Code(rawValue: "non-standard")
    /// Blanks or invisible characters were removed.
    public static let blanks = Code(rawValue: "blanks")
    /// Full-width or compatibility characters were converted.
    public static let fullWidth = Code(rawValue: "full-width")
    /// Lower-case letters were raised.
    public static let lowerCase = Code(rawValue: "lower-case")
    /// Other dashes, dots or brackets were converted, or missing separators set.
    public static let separators = Code(rawValue: "separators")
    /// A word that belongs to the form was missing and has been supplied.
    public static let supplied = Code(rawValue: "supplied")
  }
}
