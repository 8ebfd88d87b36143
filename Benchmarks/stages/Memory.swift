import Adapters
import CivilTime
import Exchanges
import Synchronization

/// Keeps exchanges in memory: what a pull costs without the journal, and the pages for the stages behind it.
final class MemoryRecorder: ExchangeRecorder, CallBudget {
  private let exchanges = Mutex<[Exchange]>([])

  var all: [Exchange] { exchanges.withLock { $0 } }

  func clear() { exchanges.withLock { $0.removeAll() } }

  func record(_ exchange: Exchange) async throws -> ExchangeID {
    exchanges.withLock { exchanges in
      exchanges.append(exchange)
      return ExchangeID(Int64(exchanges.count))
    }
  }

  func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws {
    if let problem { throw Failure(problem.message) }
  }

  func take(_ claims: [BudgetClaim], at time: Timestamp) async throws -> BudgetClaim? { nil }
}
