public import Adapters
public import CivilTime
public import Exchanges
public import Journal
public import SQLDatabase

/// Puts exchanges into the journal and counts calls: the durable side of the platform clients.
public final class SyncLedger: ExchangeRecorder, CallBudget {
  let database: Database
  let journal: Journal

  public init(database: Database, journal: Journal) {
    self.database = database
    self.journal = journal
  }

  public func record(_ exchange: Exchange) async throws -> ExchangeID {
    try await journal.record(exchange)
  }

  public func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws {
    let journal = journal
    try await database.write { try journal.conclude(id, outcome, problem, in: $0) }
  }

  public func take(platform: String, limit: Int, at time: Timestamp) async throws -> Bool {
    let day = time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch
    return try await database.write { transaction in
      let taken = try transaction.execute(
        """
        INSERT INTO call_budget (platform, day, used) VALUES (?1, ?2, 1)
        ON CONFLICT (platform, day) DO UPDATE SET used = used + 1 WHERE used < ?3
        """, .text(platform), .int(day), .int(limit))
      return taken == 1
    }
  }
}
