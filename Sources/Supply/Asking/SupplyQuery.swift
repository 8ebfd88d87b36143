public import Certificates
public import CivilTime
import Documents
public import Exchanges
public import Registry

/// An operation of a platform that can be asked for papers at once.
public struct SupplyQuery: Sendable {
  /// What was told, and where the journal has it.
  public struct Reply: Hashable, Sendable {
    public let exchange: ExchangeID
    public let received: Timestamp
    /// Everything there is was told, and understood: what is absent is not there.
    public let isWhole: Bool
    /// What it told of, whether that was known before or not.
    public let certificates: Set<CertificateID>

    public init(
      exchange: ExchangeID, received: Timestamp, isWhole: Bool, certificates: Set<CertificateID> = []
    ) {
      self.exchange = exchange
      self.received = received
      self.isWhole = isWhole
      self.certificates = certificates
    }
  }

  public let platform: String
  public let operation: String
  /// The kinds it tells of.
  public let kinds: Set<CertificateKind>
  /// What has to be known to ask it.
  public let needs: Set<LookupDomain>
  /// Returns when what was told is in the registry, or with what kept it from that. Never throws: whoever asks several goes on with the others.
  public let ask: @Sendable (SupplyQuestion) async -> SupplyAsking.State

  public init(
    platform: String, operation: String, kinds: Set<CertificateKind>, needs: Set<LookupDomain>,
    ask: @escaping @Sendable (SupplyQuestion) async -> SupplyAsking.State
  ) {
    self.platform = platform
    self.operation = operation
    self.kinds = kinds
    self.needs = needs
    self.ask = ask
  }
}

/// What a platform is asked for, and for whom.
public struct SupplyQuestion: Hashable, Sendable {
  public let texts: [LookupDomain: String]
  public let asker: SupplyAsker
}

/// Who wants to know, and what for: it travels to the platform where that has a field for it.
public struct SupplyAsker: Hashable, Sendable {
  public let purpose: String
  public let `operator`: String
  /// 事项编码; nil where the asking belongs to none.
  public let item: String?
  public let requestID: String

  public init(purpose: String, operator: String, item: String? = nil, requestID: String) {
    self.purpose = purpose
    self.operator = `operator`
    self.item = item
    self.requestID = requestID
  }
}

extension SupplyAsker {
  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("purpose", purpose)
      writer.member("operator", self.operator)
      writer.member("item", item)
    }
    return writer.takeBytes()
  }

  /// nil for bytes that no ``encoded`` gave.
  init?(decoding bytes: [UInt8], requestID: String) {
    let root: JSONValue
    do { root = try JSONDocument(parsing: bytes).root } catch { return nil }
    guard let purpose = root["purpose"]?.string, let name = root["operator"]?.string else { return nil }
    self.init(purpose: purpose, operator: name, item: root["item"]?.string, requestID: requestID)
  }
}

/// How a platform answered when it was asked for an application.
public struct SupplyAsking: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case told(SupplyQuery.Reply)
    /// The code of what kept it from telling.
    case failed(code: String, exchange: ExchangeID?)
    /// It had not answered when the time was over.
    case pending
  }

  public let platform: String
  public let operation: String
  public let kinds: Set<CertificateKind>
  /// It was asked by the code of somebody: what it tells is theirs by its own word.
  let isByCode: Bool
  public internal(set) var state: State

  init(_ source: SupplyQuery, _ state: State) {
    platform = source.platform
    operation = source.operation
    kinds = source.kinds
    isByCode = source.needs.contains(.holderCode)
    self.state = state
  }

  func isSameOperation(_ other: SupplyAsking) -> Bool {
    platform == other.platform && operation == other.operation
  }

  /// Whether another answer to the same question has all that this one told of.
  func isToldAgain(by other: SupplyAsking) -> Bool {
    guard isSameOperation(other), let told = reply, let again = other.reply else { return false }
    return told.certificates.isSubset(of: again.certificates)
  }

  var reply: SupplyQuery.Reply? { if case .told(let reply) = state { reply } else { nil } }

  public var isPending: Bool { state == .pending }
}
