public import Documents
public import Exchanges

/// A platform's wrapping of its answers: how success is told from refusal, and where rows and paging facts are.
public struct Envelope: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case json, xml
  }

  /// One test on the answer. The text at `path` is among `texts`; with no texts the path must exist (or must not).
  public struct Rule: Sendable {
    public var path: AnswerPath
    public var texts: [String]
    public var present: Bool

    public init(path: AnswerPath, texts: [String], present: Bool = true) {
      self.path = path
      self.texts = texts
      self.present = present
    }
  }

  /// What a code of refusal means.
  public struct Refusal: Sendable {
    public enum Action: String, CaseIterable, Sendable {
      /// Drop the tokens and call once more.
      case refresh
      /// The cursor has ended: the window starts over from its first page.
      case restart
    }

    /// What a push that was answered so has done at the platform.
    public enum Effect: String, CaseIterable, Sendable {
      case nothing = "none"
      case unknown
    }

    /// By what it is known.
    public enum Sign: Sendable {
      case rule(Rule)
      /// The HTTP status, which is not one of success.
      case status([Int])
    }

    public var sign: Sign
    public var errorClass: ErrorClass
    public var action: Action?
    /// nil: nothing where the platform's own code says it or the status is 4xx, else unknown.
    public var effect: Effect?

    public init(sign: Sign, errorClass: ErrorClass, action: Action? = nil, effect: Effect? = nil) {
      self.sign = sign
      self.errorClass = errorClass
      self.action = action
      self.effect = effect
    }
  }

  /// A message inside the message: Base64, encrypted, or JSON in a string.
  public struct Payload: Sendable {
    public var path: AnswerPath
    public var decode: Expression?
    public var format: Format
    public var charset: Charset?
    /// Where the message inside has a wrapping of its own.
    public var rules: AnswerRules

    public init(
      path: AnswerPath, decode: Expression?, format: Format, charset: Charset?,
      rules: AnswerRules = AnswerRules()
    ) {
      self.path = path
      self.decode = decode
      self.format = format
      self.charset = charset
      self.rules = rules
    }
  }

  public var format = Format.json
  /// nil: as the document declares, else UTF-8.
  public var charset: Charset?
  /// HTTP status codes that may carry a success.
  public var statuses = [200]
  public var rules = AnswerRules()
  public var rows: AnswerPath?
  /// An answer with more rows than this is refused: each costs a multiple of its bytes.
  public var maxRows = 100_000
  public var total: AnswerPath?
  public var pages: AnswerPath?
  public var cursor: AnswerPath?
  public var more: AnswerPath?
  public var next: AnswerPath?
  public var payload: Payload?

  public init() {}
}

/// A path into an answer, in the language of its format.
public enum AnswerPath: Sendable {
  case json(JSONPath)
  case xml(XPath)
}
