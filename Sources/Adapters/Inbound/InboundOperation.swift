import Applications
public import Documents
import HTTPTransport

/// A call that a platform makes to the gateway: how it shows who it is, what it says, and how it is answered.
public struct InboundOperation: Sendable {
  /// Who acts on what it says.
  public enum Purpose: String, CaseIterable, Sendable {
    /// How far a permit has come: a step, a decision, material that is asked for.
    case permitProgress = "permit-progress"
    /// Certificates and project codes, which a mapping understands as it does the answers to a pull.
    case records
  }

  public let name: String
  public let title: String?
  public let purpose: Purpose
  /// Name of the mapping that says what its calls mean; nil where they bring no records.
  public let mapping: String?
  let authentication: InboundAuthentication
  let message: InboundMessage
  /// What makes two calls the same call; nil: the whole body does.
  let duplicate: Expression?
  let answers: [InboundAnswer.Kind: InboundAnswer]
  /// The time the platform waits for an answer.
  public let within: Duration
  /// Bytes that its body may have.
  public let largest: Int

  /// In which form its calls are written; nil for forms of fields, which no mapping reads.
  public var format: MessageFormat? { MessageFormat(rawValue: message.format.rawValue) }

  /// The names of headers that only prove who calls: the journal keeps them without their values.
  var secretHeaders: [String] {
    authentication.checks.flatMap(\.value.references).compactMap(ReservedName.headerName)
  }
}

/// What a call must show before anything of it is believed.
struct InboundAuthentication: Sendable {
  struct Check: Sendable {
    enum Rule: Sendable {
      /// Both give the same bytes.
      case equals(Expression)
      /// It is a signature over `text`, by whoever has the private key to `key`: SM2 with SM3, and the default user id.
      case signature(key: Expression, text: Expression)

      var references: Set<String> {
        switch self {
        case .equals(let expression): expression.references
        case .signature(let key, let text): key.references.union(text.references)
        }
      }
    }

    let value: Expression
    let rule: Rule

    var references: Set<String> { rule.references.union(value.references) }
  }

  /// The moment that the platform says it called at.
  struct Moment: Sendable {
    let value: Expression
    let form: InboundTimeForm
    /// Seconds that it may be off, either way.
    let window: Int
  }

  /// Names for places of the body, for formulas.
  let fields: [(name: String, path: InboundPath)]
  let values: [(name: String, expression: Expression)]
  let checks: [Check]
  let moment: Moment?
  /// Given once within the window.
  let nonce: Expression?
  /// Subjects of client certificates, one of which it shows; empty: none is asked for.
  let certificates: [Expression]
  /// Where it may come from; empty: anywhere.
  let addresses: [AddressBlock]

  /// The names that the checks rest on, through values to their beginnings.
  var proven: Set<String> {
    Self.origins(
      checks.reduce(into: []) { $0.formUnion($1.references) }, values)
  }

  static func origins(
    _ names: Set<String>, _ values: [(name: String, expression: Expression)]
  ) -> Set<String> {
    var names = names
    for (name, expression) in values.reversed() where names.contains(name) {
      names.formUnion(expression.references)
    }
    return names
  }
}

/// How platforms write the moment of a call.
enum InboundTimeForm: String, CaseIterable, Sendable {
  case milliseconds = "epoch-ms"
  case seconds = "epoch-s"
  case civil = "yyyy-MM-dd HH:mm:ss"
  case compact = "yyyyMMddHHmmss"
}

/// How a call's body is written, and where in it stands what is not left to a mapping.
struct InboundMessage: Sendable {
  enum Format: String, CaseIterable, Sendable {
    case json, xml, form
  }

  let format: Format
  /// nil: what the call itself declares, else UTF-8.
  let charset: Charset?
  /// The platform's number of the message.
  let number: InboundPath?
  /// nil where a mapping says what the call means.
  let progress: InboundProgress?
}

/// Where a call says how far a permit has come.
struct InboundProgress: Sendable {
  /// The platform's number of what it is about, or ours.
  let receipt: InboundPath?
  let key: InboundPath?
  let state: InboundPath
  let at: InboundPath?
  let decision: InboundPath?
  let note: InboundPath?
  let states: [String: PermitEvent]
}

/// A place in a call's body.
enum InboundPath: Sendable {
  case answer(AnswerPath)
  /// The name of a form's field.
  case form(String)
}

/// What the platform is told, as it wants it written.
struct InboundAnswer: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    /// It was acted upon.
    case done
    /// Not, for whatever reason has no answer of its own.
    case refused
    case unauthenticated, malformed, unknown, unclear, unfit, unavailable
  }

  let status: Int
  /// nil: nothing but the status.
  let body: BodyTemplate?
}
