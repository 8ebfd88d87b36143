public import Applications
public import Calendars
public import Exchanges

/// One kind of call: what all have, and what belongs to its kind.
public struct Operation: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Scheduled, paged, incremental.
    case pull
    /// Asks for what somebody holds, or for what has a number, while somebody waits.
    case query
    /// Submits one message, with an effect at the platform.
    case push
    /// Asks what became of a push.
    case probe
    /// The platform calls the gateway: an ``InboundOperation``, which is none of those that are called.
    case inbound
  }

  /// What it is for. What only a pull has, only a pull can be asked for.
  public enum Purpose: Sendable {
    case pull(Pull)
    case query(Query)
    case push(Push)
    case probe(Probe)
  }

  public struct Pull: Sendable {
    /// Name of the mapping that says what the answers mean.
    public let mapping: String
    public var paging: Paging
    /// nil: each run pulls everything.
    public let incremental: Incremental?
    /// nil: only when somebody asks.
    public var schedule: Schedule?
  }

  public struct Query: Sendable {
    /// Name of the mapping that says what the answers mean.
    public let mapping: String
    /// 事项编码 for an enquiry that belongs to none.
    public let item: String?
  }

  public struct Push: Sendable {
    /// Name of the template that makes the message of a record.
    public let template: String
    public let idempotency: Idempotency
    public let acknowledgement: AcknowledgementRules
    /// What it is about is not at the platform any more once this is accepted: it may be handed in again.
    public let withdraws: Bool
  }

  public struct Probe: Sendable {
    /// All hold: the platform has the push.
    public let found: [Envelope.Rule]
    /// All hold: it has not, and never had.
    public let absent: [Envelope.Rule]
    public let receipt: AnswerPath?
    public let state: AnswerPath?
    /// How the answer tells how far a permit has come; nil where it is not to be read for that.
    public let progress: ProgressRules?
  }

  public let name: String
  public let title: String?
  public var purpose: Purpose
  public let request: RequestTemplate
  public let envelope: Envelope
  /// Of this operation's calls, besides the platform's.
  public let limits: CallLimits
  /// Bytes an answer may have.
  public let maxResponse: Int
  public let timeouts: CallTimeouts
  public let retry: RetryPolicy

  /// Its request carries the receipt of an earlier push; that of a probe the receipt of what it asks about.
  public var needsReceipt: Bool { request.references.contains(ReservedName.pushReceipt) }

  public var kind: Kind {
    switch purpose {
    case .pull: .pull
    case .query: .query
    case .push: .push
    case .probe: .probe
    }
  }

  /// Name of the mapping that says what its answers mean; nil where they tell of no certificates.
  public var mapping: String? {
    switch purpose {
    case .pull(let pull): pull.mapping
    case .query(let query): query.mapping
    case .push, .probe: nil
    }
  }

  public var push: Push? { if case .push(let push) = purpose { push } else { nil } }
  public var probe: Probe? { if case .probe(let probe) = purpose { probe } else { nil } }
}

/// What a platform does with a push that comes twice, and so what may be done when it is not known whether it came once.
public struct Idempotency: Hashable, Sendable {
  public enum Class: String, CaseIterable, Sendable {
    /// The platform knows our key: sending again under it has no second effect.
    case nativeKey = "native-key"
    /// The platform can be asked whether it has a push.
    case queryable
    /// Neither: only a person can say what became of it.
    case neither
  }

  public let `class`: Class
  /// The operation that asks; always there for ``Class/queryable``.
  public let probe: String?
  /// Seconds after which the platform is sure to know what it has: before, its word that it does not have a push proves nothing.
  public let settle: Int

  public init(class: Class, probe: String? = nil, settle: Int = Idempotency.defaultSettle) {
    self.class = `class`
    self.probe = probe
    self.settle = settle
  }

  public static let defaultSettle = 60
}

/// Where an answer that is a success says what became of the push.
public struct AcknowledgementRules: Sendable {
  /// The number the platform gave it. A success without one is not believed.
  public let receipt: AnswerPath
  public let state: AnswerPath?
  /// Holds: the platform had this push before, and says so, be it as a refusal.
  public let duplicate: Envelope.Rule?
}

/// What a platform's words about a permit mean.
public struct ProgressRules: Sendable {
  /// Where it says when it happened; nil, or nothing there: when the answer came.
  public let at: AnswerPath?
  /// The number of its decision, and what it says to it.
  public let decision: AnswerPath?
  public let note: AnswerPath?
  /// Its words for states, and the event that leads there. A word that is not here is drift.
  public let states: [String: PermitEvent]
}

/// An operation that is known to pull.
@dynamicMemberLookup
public struct PullOperation: Sendable {
  /// Without what only pulls have.
  public let base: Operation
  public var pull: Operation.Pull

  /// nil for an operation of another kind.
  public init?(_ operation: Operation) {
    guard case .pull(let pull) = operation.purpose else { return nil }
    base = operation
    self.pull = pull
  }

  public subscript<Value>(dynamicMember path: KeyPath<Operation, Value>) -> Value { base[keyPath: path] }

  public subscript<Value>(dynamicMember path: WritableKeyPath<Operation.Pull, Value>) -> Value {
    get { pull[keyPath: path] }
    set { pull[keyPath: path] = newValue }
  }

  public subscript<Value>(dynamicMember path: KeyPath<Operation.Pull, Value>) -> Value {
    pull[keyPath: path]
  }
}
