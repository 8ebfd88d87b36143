public import Adapters
public import CivilTime
public import Exchanges
import Journal
public import Mapping
public import Registry
import SQLDatabase
import Synchronization

/// Asks one operation of a platform for papers while somebody waits, and keeps what it tells like any other word of the platform.
///
/// Who asks the same while a question is under way gets the same answer, and one call is made.
public final class QueryRunner: Sendable {
  /// What the platform has told.
  public struct Reply: Hashable, Sendable {
    public let exchange: ExchangeID
    public let received: Timestamp
    public let counts: StoreCounts
    /// What it told of, whether that was known before or not.
    public let certificates: Set<CertificateID>
    /// Rows that are no certificates the mapping lets through.
    public let quarantined: Int
    /// The platform says that there is more: from what is absent nothing follows.
    public let isCut: Bool
  }

  public let key: OperationKey
  public let client: PlatformClient
  public let operation: QueryOperation
  public let mapping: CompiledMapping
  private let registry: Registry
  private let ledger: SyncLedger
  private let gate: TrialGate?
  private let now: @Sendable () -> Timestamp
  private let watch: MessageWatch
  private let flights = SingleFlight<Enquiry, Reply>()
  /// Made by the first question: neither mapping nor adapter change while the process runs.
  private let made = Mutex<Derivation?>(nil)

  /// - Parameter gate: keeps an untried mapping from being run; nil: nothing is asked or noted.
  public init(
    client: PlatformClient, operation: QueryOperation, mapping: CompiledMapping, registry: Registry,
    ledger: SyncLedger, gate: TrialGate? = nil, now: @escaping @Sendable () -> Timestamp
  ) {
    key = OperationKey(platform: client.connection.platform, operation: operation.name)
    self.client = client
    self.operation = operation
    self.mapping = mapping
    self.registry = registry
    self.ledger = ledger
    self.gate = gate
    self.now = now
    watch = MessageWatch(key, mapping, ledger, by: .answer)
  }

  /// Asks, and returns when what was told is in the registry.
  ///
  /// - Throws: what kept the question from being asked or its answer from being understood (`AdapterError`, `MappingError`, `TrialError`, …): the exchange
  ///   says so in the journal. `DatabaseError`.
  public func ask(_ enquiry: Enquiry, requestID: String) async throws -> Reply {
    try await flights.run(enquiry.seen(by: operation)) {
      let derivation = try await derivation()
      return try await keep(try await client.query(operation, enquiry, requestID: requestID), derivation)
    }
  }

  private func derivation() async throws -> Derivation {
    if let made = made.withLock({ $0 }) { return made }
    let derivation = try await Derivation(
      key, mapping, client.adapter, registry, gate, mayRelease: true, at: now())
    made.withLock { $0 = derivation }
    return derivation
  }

  private func keep(_ answer: sending PlatformClient.Page, _ derivation: Derivation) async throws -> Reply {
    let (id, received, isCut) = (answer.exchange, answer.received, answer.answer.facts.isCut)
    let page: PullPage
    do {
      page = try derivation.page(answer, progress: PullProgress())
      try await watch.judge(page, under: derivation.mappingID, at: now())
    } catch let held as DriftHeld {
      throw ExchangeFailure(exchange: id, underlying: held)
    } catch {
      if let error = error as? MappingError { try await watch.tell(error, of: id, at: now()) }
      let problem = SyncProblem(error)
      try await ledger.settle(id, .failed, problem.exchangeProblem)
      throw ExchangeFailure(exchange: id, underlying: error)
    }
    let (journal, registry, moment) = (ledger.journal, registry, now())
    let (counts, certificates) = try await ledger.database.writeRegardless { transaction in
      let counts = try derivation.store(page, in: transaction, now: moment)
      try journal.conclude(id, .succeeded, nil, in: transaction)
      return (counts, try registry.ids(of: page.prepared, in: transaction))
    }
    return Reply(
      exchange: id, received: received, counts: counts, certificates: certificates,
      quarantined: page.quarantined.count, isCut: isCut)
  }
}
