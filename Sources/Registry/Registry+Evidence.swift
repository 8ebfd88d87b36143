public import Exchanges
public import SQLDatabase

/// How far the registry rests on an exchange.
public enum EvidenceUse: Hashable, Sendable {
  /// A certificate as it is, or what a platform says of one at present, was read from it: proofs need its bytes.
  case present
  /// Only what was said before, and replaced since, was read from it.
  case past
}

extension Registry {
  /// Which of the exchanges observations were read from. A message that only repeated what an earlier one had said is none of them.
  public func evidence(
    among exchanges: [ExchangeID], in reader: Reader
  ) throws -> [ExchangeID: EvidenceUse] {
    var uses: [ExchangeID: EvidenceUse] = [:]
    for exchange in exchanges {
      let isThere = try reader.first(
        "SELECT 1 FROM observation WHERE exchange = ?1 LIMIT 1", .int(exchange.rawValue)
      ) { _ in true }
      guard isThere != nil else { continue }
      let isPresent = try reader.first(
        """
        SELECT 1 FROM observation o JOIN certificate c ON c.id = o.certificate
        WHERE o.exchange = ?1 AND (c.observation = o.id OR o.id =
          (SELECT n.id FROM observation n WHERE n.certificate = o.certificate AND n.platform = o.platform
           ORDER BY n.claim_time DESC, n.id DESC LIMIT 1))
        LIMIT 1
        """, .int(exchange.rawValue)
      ) { _ in true }
      uses[exchange] = isPresent == nil ? .past : .present
    }
    return uses
  }

  /// Which of the exchanges have rows in quarantine, which a mended mapping may still read.
  public func quarantined(among exchanges: [ExchangeID], in reader: Reader) throws -> Set<ExchangeID> {
    Set(
      try exchanges.filter { exchange in
        try reader.first(
          "SELECT 1 FROM quarantine WHERE exchange = ?1 LIMIT 1", .int(exchange.rawValue)
        ) { _ in true } != nil
      })
  }
}
