import Certificates
import Exchanges
import Journal
import Registry
import SQLDatabase
import Synchronization

/// Counts of tables, which cost a walk through them: made at most twice a minute.
final class CachedCounts: Sendable {
  struct Counts: Sendable {
    var certificates: [(kind: CertificateKind, count: Int)] = []
    var quarantined = 0
    var exchanges = 0
    /// Exchanges that did not succeed, by outcome.
    var troubled: [(outcome: String, count: Int)] = []
    var accesses = 0
    var databaseBytes = 0
  }

  private static let lifetime = Duration.seconds(30)
  private let held = Mutex<(until: ContinuousClock.Instant, counts: Counts)?>(nil)

  func current(_ parts: GatewayAPI.Parts) async throws -> Counts {
    let now = ContinuousClock.now
    if let held = held.withLock({ $0 }), now < held.until { return held.counts }
    let certificates = try await parts.registry.counts()
    var counts = try await parts.database.read { reader in
      var counts = Counts()
      // The numbers of looks are given once, so the last one says how many there have been.
      counts.exchanges = Int(try Journal.recorded(in: reader))
      counts.accesses = Int(try reader.int("SELECT coalesce(max(id), 0) FROM access"))
      counts.quarantined = Int(try reader.int("SELECT count(*) FROM quarantine"))
      counts.troubled = try reader.query(
        "SELECT outcome, count(*) FROM exchange WHERE outcome <> 'succeeded' GROUP BY outcome ORDER BY outcome"
      ) { (outcome: $0.text(0), count: Int($0.int(1))) }
      counts.databaseBytes = Int(
        try reader.int("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
      return counts
    }
    counts.certificates = certificates
    let fresh = counts
    held.withLock { $0 = (now + Self.lifetime, fresh) }
    return counts
  }
}
