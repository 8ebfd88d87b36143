import Crypto
import Registry
import SQLDatabase

/// What was given up, because it does not open: a value was altered, or belongs to another place. It is found anew by what comes.
public enum DriftLoss: Hashable, Sendable {
  /// What is usual of an operation.
  case baseline(OperationKey)
  /// Where an incident of it is that held it, or that somebody had accepted: it does so no more.
  case place(IncidentID, OperationKey)
}

extension CryptoError {
  /// The value is no good, whatever keys are at hand. A key that is not there is another matter: with it all can be read.
  var isDamage: Bool { code == .authenticationFailed || code == .malformedCiphertext }
}

/// What is usual of operations, as it is stored. Sealed, for the names of places in messages are the platform's: one may be somebody's.
extension IncidentLedger {
  private static func context(_ key: OperationKey) -> String {
    "drift-baseline|\(key.platform)|\(key.operation)"
  }

  /// What is usual of an operation, whatever its mapping was; nil: nothing is known.
  func baseline(
    of key: OperationKey, _ reader: Reader
  ) throws -> (mapping: DefinitionID, baseline: DriftBaseline)? {
    let stored = try reader.first(
      "SELECT mapping, content FROM drift_baseline WHERE platform = ?1 AND operation = ?2",
      .text(key.platform), .text(key.operation)
    ) { row in (mapping: DefinitionID(rawValue: row.int(0)), sealed: row.blob(1)) }
    guard let stored else { return nil }
    let content = try sealer.open(stored.sealed, context: Self.context(key))
    return (stored.mapping, DriftBaseline(decoding: content) ?? DriftBaseline())
  }

  func keep(
    _ baseline: DriftBaseline, of key: OperationKey, mapping: DefinitionID, in transaction: Transaction
  ) throws {
    _ = try transaction.execute(
      """
      INSERT INTO drift_baseline (platform, operation, mapping, content) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (platform, operation) DO UPDATE SET mapping = ?3, content = ?4
      """, .text(key.platform), .text(key.operation), .int(mapping.rawValue),
      .blob(sealer.seal(baseline.encode(), context: Self.context(key))))
  }

  /// Gives up what does not open and would keep the operation from ever being judged again.
  func giveUpDamaged(of key: OperationKey, in transaction: Transaction) throws -> [DriftLoss] {
    var losses: [DriftLoss] = []
    if try isDamaged({ _ = try baseline(of: key, transaction) }) {
      try forget(key, in: transaction)
      losses.append(.baseline(key))
    }
    let places = try transaction.query(
      """
      SELECT id, sealed_place FROM incident
      WHERE platform = ?1 AND operation = ?2 AND (accepted = 1 OR held = 1)
      """, .text(key.platform), .text(key.operation)
    ) { (id: IncidentID(rawValue: $0.int(0)), sealed: $0.blobOrNull(1)) }
    for place in places where try isDamaged({ _ = try openedPlace(place.sealed, of: place.id) }) {
      _ = try transaction.execute(
        "UPDATE incident SET accepted = 0, held = 0 WHERE id = ?1", .int(place.id.rawValue))
      losses.append(.place(place.id, key))
    }
    return losses
  }

  func resealBaselines(_ transaction: Transaction) throws -> (resealed: Int, givenUp: [OperationKey]) {
    let baselines = try transaction.query(
      "SELECT platform, operation, content FROM drift_baseline ORDER BY platform, operation"
    ) { row in
      (key: OperationKey(platform: row.text(0), operation: row.text(1)), sealed: row.blob(2))
    }
    var resealed = 0
    var givenUp: [OperationKey] = []
    for (key, sealed) in baselines {
      let isDamaged = try isDamaged {
        guard try sealer.isOutdated(sealed) else { return }
        let content = try sealer.open(sealed, context: Self.context(key))
        _ = try transaction.execute(
          "UPDATE drift_baseline SET content = ?3 WHERE platform = ?1 AND operation = ?2",
          .text(key.platform), .text(key.operation),
          .blob(sealer.seal(content, context: Self.context(key))))
        resealed += 1
      }
      guard isDamaged else { continue }
      try forget(key, in: transaction)
      givenUp.append(key)
    }
    return (resealed, givenUp)
  }

  private func forget(_ key: OperationKey, in transaction: Transaction) throws {
    _ = try transaction.execute(
      "DELETE FROM drift_baseline WHERE platform = ?1 AND operation = ?2", .text(key.platform),
      .text(key.operation))
  }

  func isDamaged(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return false
    } catch let error as CryptoError where error.isDamage {
      return true
    }
  }
}
