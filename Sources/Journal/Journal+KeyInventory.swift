internal import Crypto
public import Exchanges
internal import SQLDatabase

extension Journal {
  /// One portion of counting the content keys by the master key that wraps them, which shows what a rotation has left
  /// to do and which master keys are still needed. Opens nothing.
  ///
  /// Returns the position to go on from, nil at the end. Throws `JournalError` for a row that is no wrapped key.
  public func countKeys(
    after position: ExchangeID?, limit: Int = 10_000
  ) async throws -> (next: ExchangeID?, byMasterKey: [String: Int]) {
    let first = ExchangePart.request.row(of: (position?.rawValue ?? 0) + 1)
    let most = limit * ExchangePart.allCases.count
    return try await database.read { reader in
      var counts: [String: Int] = [:]
      var (seen, last): (Int, Int64) = (0, 0)
      try reader.forEach(
        "SELECT id, wrapped FROM exchange_key WHERE id >= ?1 ORDER BY id", .int(first)
      ) { row in
        let id = ExchangeID(row.int(0) / 4)
        // An exchange is counted whole or not at all.
        if seen >= most, id.rawValue != last { return false }
        (seen, last) = (seen + 1, id.rawValue)
        do throws(CryptoError) {
          counts[try KeyRing.masterKeyID(of: row.blob(1)), default: 0] += 1
        } catch {
          throw JournalError(.damaged, "The row of a content key holds something else.", exchange: id)
        }
        return true
      }
      return (seen < most ? nil : ExchangeID(last), counts)
    }
  }
}
