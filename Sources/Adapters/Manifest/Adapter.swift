public import Applications

/// A manifest, read and checked: how one platform is called. It holds no address and no secret; those are the connection's.
public struct Adapter: Sendable {
  /// How sure the form of the calls is.
  public enum Basis: String, CaseIterable, Sendable {
    /// The platform's own published interface.
    case published
    /// A convention that several platforms are known to follow.
    case convention
    /// Nothing is known; the form rests on a convention seen elsewhere and waits for the site engineer.
    case assumed
  }

  /// What a connection must give.
  public struct Setting: Hashable, Sendable {
    public var name: String
    public var title: String?
    public var isSecret: Bool
    /// nil: required.
    public var fallback: String?
  }

  /// Its place below the folder of adapters, without extension: `hangzhou/public-data`.
  public let name: String
  public let title: String
  public let basis: Basis
  public let note: String?
  public let settings: [Setting]
  public let signature: SignatureScheme?
  public let tokens: [Token]
  /// Of all calls to the platform together.
  public let limits: CallLimits
  /// The calls that are made to it.
  public let operations: [Operation]
  /// The calls that it makes to the gateway.
  public let inbound: [InboundOperation]
  /// Where permits are applied for here; nil where none are.
  public let window: PermitWindow?
  /// The files it was read from, packed: with them ``init(bundle:)`` gives the same adapter again.
  public let bundle: [UInt8]

  public func operation(_ name: String) -> Operation? { operations.first { $0.name == name } }
  public func pull(_ name: String) -> PullOperation? { operation(name).flatMap(PullOperation.init) }

  /// Those that pull, in order.
  public var pulls: [PullOperation] { operations.compactMap(PullOperation.init) }
  /// Those that are asked on demand, in order.
  public var queries: [QueryOperation] { operations.compactMap(QueryOperation.init) }
  public func token(_ name: String) -> Token? { tokens.first { $0.name == name } }
}

/// Which operations of a platform take permit applications, and for which regions.
public struct PermitWindow: Hashable, Sendable {
  /// Area codes; those below them belong to them too.
  public let regions: [String]
  /// The push of each item that the window takes.
  public let items: [PermitItem: String]
  /// The pushes of promises and filings, where the window takes them by operations of their own.
  public let promises: [PermitItem: String]
  public let filings: [PermitItem: String]
  /// 补正: takes material for what was handed in.
  public let supplement: String?
  /// Takes back what was handed in.
  public let withdraw: String?
  /// The probe that tells how far it is.
  public let progress: String?
  /// Items about which it tells nothing.
  public let untold: Set<PermitItem>
  /// How long it is asked about what it has decided.
  public let follow: PermitFollow
}

/// How long a window is asked, once a day, about what it has decided: it may call a permit back or revoke it, object to a filing, or wait for what is
/// still to be brought. In seconds from when the decision was learned. No document says it: the defaults are this program's.
public struct PermitFollow: Hashable, Sendable {
  public var filed = 30 * day
  public var approved = 30 * day
  /// 容缺通过; when it is over somebody is told.
  public var deferred = 90 * day

  private static let day = 86_400

  public init() {}

  public init(filed: Int, approved: Int, deferred: Int) {
    (self.filed, self.approved, self.deferred) = (filed, approved, deferred)
  }

  /// `nil` for events that are no such decision.
  public func seconds(_ event: PermitEvent) -> Int? {
    switch event {
    case .filed: filed
    case .approved: approved
    case .approvedDeferred: deferred
    default: nil
    }
  }
}

/// Something that a platform gives on presenting the settings, and wants to see with each call for a while.
public struct Token: Sendable {
  public enum Lifetime: Sendable {
    /// The answer says when it ends.
    case at(AnswerPath, form: EndForm)
    /// The answer says for how many seconds it lives.
    case lasting(AnswerPath)
    case after(seconds: Int)
  }

  /// How an end time is written in an answer.
  public enum EndForm: String, CaseIterable, Sendable {
    case milliseconds = "epoch-ms"
    case seconds = "epoch-s"
    case civil = "yyyy-MM-dd HH:mm:ss"
  }

  public let name: String
  public let request: RequestTemplate
  public let envelope: Envelope
  public let value: AnswerPath
  /// Takes `answer`; nil: the value as it stands.
  public let decode: Expression?
  public let lifetime: Lifetime
  /// Seconds before its end at which it is fetched anew.
  public let refreshBefore: Int
}

public struct CallTimeouts: Hashable, Sendable {
  public var connect = Duration.seconds(10)
  public var idle = Duration.seconds(30)
  public var total = Duration.seconds(120)

  public init() {}
}
