public import Adapters
public import Changes
public import CivilTime
import Crypto
public import Exchanges
public import Journal
public import Registry
public import SQLDatabase

/// Puts exchanges into the journal, counts calls and keeps how far pulls have come: the durable side of the platform clients.
public final class SyncLedger: ExchangeRecorder, CallBudget {
  let database: Database
  let journal: Journal
  let sealer: Sealer
  let incidents: IncidentLedger

  /// - Parameters:
  ///   - keys: seal platforms' words for their next pages, and what incidents are about.
  ///   - changes: is told of incidents that pulls open.
  ///   - lost: is told of what is usual and does not open; nil: nobody is.
  public init(
    database: Database, journal: Journal, keys: RegistryKeys, changes: ChangeFeed? = nil,
    lost: (@Sendable (DriftLoss) -> Void)? = nil
  ) {
    self.database = database
    self.journal = journal
    sealer = keys.sealer
    incidents = IncidentLedger(database: database, keys: keys, changes: changes, lost: lost)
  }

  public func record(_ exchange: Exchange) async throws -> ExchangeID {
    try await journal.record(exchange)
  }

  public func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws {
    let journal = journal
    try await database.writeRegardless { try journal.conclude(id, outcome, problem, in: $0) }
  }

  public func take(_ claims: [BudgetClaim], at time: Timestamp) async throws -> BudgetClaim? {
    let day = time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch
    return try await database.write { transaction in
      for claim in claims {
        let used = try transaction.first(
          "SELECT used FROM call_budget WHERE platform = ?1 AND operation = ?2 AND day = ?3",
          .text(claim.platform), .text(claim.operation ?? ""), .int(day)
        ) { $0.int(0) }
        if let used, used >= claim.limit { return claim }
      }
      for claim in claims {
        try transaction.execute(
          """
          INSERT INTO call_budget (platform, operation, day, used) VALUES (?1, ?2, ?3, 1)
          ON CONFLICT (platform, operation, day) DO UPDATE SET used = used + 1
          """, .text(claim.platform), .text(claim.operation ?? ""), .int(day))
      }
      return nil
    }
  }

  /// Calls of the Beijing day of `time` that are used up: of one operation, or of the platform as a whole.
  public func used(platform: String, operation: String?, at time: Timestamp) async throws -> Int {
    let day = time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch
    return try await database.read { reader in
      Int(
        try reader.first(
          "SELECT used FROM call_budget WHERE platform = ?1 AND operation = ?2 AND day = ?3", .text(platform),
          .text(operation ?? ""), .int(day)
        ) { $0.int(0) } ?? 0)
    }
  }

  /// Says how exchanges ended that a killed process, or a full disk, left without an end: their answers were never understood, and what they told is asked
  /// for again. To be called while nobody pulls them.
  ///
  /// - Parameters:
  ///   - operations: those that only pull.
  ///   - includingTokens: calls for tokens too.
  ///   - time: exchanges recorded before it; nil: all so far.
  /// - Returns: how many there were.
  public func settleInterrupted(
    platform: String, operations: Set<String>, includingTokens: Bool = true, before time: Timestamp?
  ) async throws -> Int {
    let problem = ExchangeProblem(
      code: "interrupted", errorClass: .transient,
      message: "the gateway ended before the answer was understood",
      remedy: "nothing: what it told is asked for again")
    let journal = journal
    var filter = ExchangeFilter(platform: platform, outcome: .unknown, order: .oldestFirst, limit: 500)
    // What a clock that stood ahead has recorded is of before, too.
    let isBefore: @Sendable (Timestamp) -> Bool = { moment in
      time.map { moment < $0 || moment > $0.advanced(bySeconds: 86_400) } ?? true
    }
    var settled = 0
    while true {
      let page = try await journal.list(filter)
      let left = page.filter { isBefore($0.recorded) }.filter {
        operations.contains($0.operation) || includingTokens && $0.operation.hasPrefix("token.")
      }.map(\.id)
      if !left.isEmpty {
        try await database.write { transaction in
          for id in left { try journal.conclude(id, .failed, problem, in: transaction) }
        }
      }
      settled += left.count
      guard page.count == filter.limit else { return settled }
      filter.after = page.last?.id
    }
  }

  func load(_ key: OperationKey, _ transaction: Transaction) throws -> PullState {
    try PullState.load(key, transaction, sealer)
  }

  func save(_ state: PullState, _ key: OperationKey, _ transaction: Transaction) throws {
    try state.save(key, transaction, sealer)
  }
}
