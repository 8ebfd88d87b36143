public import Certificates
public import CivilTime
public import Exchanges
public import SQLDatabase
import Synchronization

extension Registry {
  /// When records were derived by this version of a mapping: from its first use to that of the next.
  public func periods(ofMapping name: String, version: Int) async throws -> [Range<Timestamp>] {
    let uses = try await database.read { reader in
      try reader.query(
        """
        SELECT version, first_used FROM definition WHERE kind = ?1 AND name = ?2 ORDER BY first_used, id
        """, .text(Definition.Kind.mapping.rawValue), .text(name)
      ) { (version: Int($0.int(0)), moment: Timestamp(milliseconds: $0.int(1))) }
    }
    return uses.indices.compactMap { index in
      guard uses[index].version == version else { return nil }
      let end = index + 1 < uses.count ? uses[index + 1].moment : Timestamp(milliseconds: .max)
      return uses[index].moment..<end
    }
  }

  /// What storing these observations would do, without doing it.
  ///
  /// - Parameter outlook: what those before would have left behind: of two for one certificate the second is compared with the first.
  public func effect(
    of prepared: [PreparedObservation], after outlook: StoreOutlook, in reader: Reader
  ) throws -> StoreEffect {
    let lookUp = try StoreOutlook.LookUp(reader)
    return try outlook.seen.withLock { seen in
      var (counts, changes) = (StoreCounts(), [StoreEffect.Change]())
      for (index, one) in prepared.enumerated() {
        let place = StoreEffect.Place(exchange: one.observation.exchange, index: index)
        let certificate = StoreOutlook.Fingerprint(one.identity)
        guard var standing = try seen.certificates[certificate] ?? lookUp.standing(of: one) else {
          var first = StoreOutlook.Standing(certificate: nil, claim: one.claim, said: place)
          first.add(one, isLatest: true)
          outlook.keep(first, of: certificate, &seen)
          counts.new += 1
          changes.append(StoreEffect.Change(index: index, before: nil))
          continue
        }
        let last = try standing.latest(of: one.observation.platform) ?? lookUp.latest(one, standing)
        let word = StoreOutlook.Word(one.digest, time: one.claim.time)
        let isOutdated = last.map { one.claim.time < $0.time } ?? false
        let isRepeated =
          isOutdated ? try lookUp.knows(one, standing) : last.map { word.digest == $0.digest } ?? false
        if isRepeated {
          counts.unchanged += 1
          continue
        }
        if !isOutdated, one.claim.prevails(over: standing.claim) {
          let before = try standing.said.map { .previewed($0) } ?? lookUp.record(of: standing)
          changes.append(StoreEffect.Change(index: index, before: before))
          (standing.claim, standing.said) = (one.claim, place)
          counts.changed += 1
        } else {
          counts.outranked += 1
        }
        standing.add(one, isLatest: !isOutdated)
        outlook.keep(standing, of: certificate, &seen)
      }
      return StoreEffect(counts: counts, changes: changes)
    }
  }

  /// Opens what a certificate says at present.
  public func record(_ sealed: StoreEffect.SealedRecord) throws -> CertificateRecord {
    try record(sealed.bytes, identity: sealed.identity, platform: sealed.platform)
  }
}

/// What storing observations would do: how many, and which certificates would say something else.
public struct StoreEffect: Sendable {
  /// An observation of a preview: the exchange it is from, and which of those that are made of it.
  public struct Place: Hashable, Sendable {
    public let exchange: ExchangeID
    public let index: Int
  }

  /// What a certificate says at present, as it lies in the table.
  public struct SealedRecord: Sendable {
    let identity: [UInt8]
    let platform: String
    let bytes: [UInt8]
  }

  /// What a certificate said before.
  public enum Former: Sendable {
    case stored(SealedRecord)
    /// The same preview would have brought it about.
    case previewed(Place)
  }

  public struct Change: Sendable {
    /// Of the observation, among those given.
    public let index: Int
    /// nil: there is no such certificate yet.
    public let before: Former?
  }

  public let counts: StoreCounts
  /// In the order of the observations.
  public let changes: [Change]
}

/// What a preview has seen so far of the certificates that would change, in few bytes of each, and of so many at most.
public final class StoreOutlook: Sendable {
  /// The first half of a keyed digest, which tells as much here.
  struct Fingerprint: Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ digest: [UInt8]) {
      func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
      (high, low) = (number(digest.prefix(8)), number(digest.dropFirst(8).prefix(8)))
    }
  }

  struct Word: Hashable {
    let digest: Fingerprint
    let time: Int64

    init(_ digest: [UInt8], time: Int64) {
      (self.digest, self.time) = (Fingerprint(digest), time)
    }
  }

  struct Standing {
    private struct Saying {
      let platform: String
      let word: Word
      var isLatest: Bool
    }

    /// nil: there is none yet.
    let certificate: Int64?
    var claim: Claim
    /// What the certificate would rest on; nil as long as that is what it rests on now.
    var said: StoreEffect.Place?
    /// What platforms would have said; mostly there is one.
    private var sayings: [Saying] = []

    init(certificate: Int64?, claim: Claim, said: StoreEffect.Place? = nil) {
      (self.certificate, self.claim, self.said) = (certificate, claim, said)
    }

    /// What the platform would have said last; nil where it would have said nothing new.
    func latest(of platform: String) -> Word? {
      sayings.first { $0.isLatest && $0.platform == platform }?.word
    }

    func holds(_ word: Word, of platform: String) -> Bool {
      sayings.contains { $0.word == word && $0.platform == platform }
    }

    mutating func add(_ one: PreparedObservation, isLatest: Bool) {
      let platform = one.observation.platform
      if isLatest, let before = sayings.firstIndex(where: { $0.isLatest && $0.platform == platform }) {
        sayings[before].isLatest = false
      }
      let word = Word(one.digest, time: one.claim.time)
      sayings.append(Saying(platform: platform, word: word, isLatest: isLatest))
    }
  }

  /// What the tables know.
  struct LookUp {
    private let find: Statement
    private let latest: Statement
    private let same: Statement
    private let present: Statement

    init(_ reader: Reader) throws {
      find = try reader.prepare(
        "SELECT id, claim_rank, claim_content, claim_time FROM certificate WHERE identity = ?1")
      latest = try reader.prepare(
        """
        SELECT digest, claim_time FROM observation WHERE certificate = ?1 AND platform = ?2
        ORDER BY claim_time DESC, id DESC LIMIT 1
        """)
      same = try reader.prepare(
        "SELECT 1 FROM observation WHERE certificate = ?1 AND platform = ?2 AND digest = ?3 AND claim_time = ?4"
      )
      present = try reader.prepare(
        """
        SELECT c.identity, o.platform, o.sealed FROM certificate c JOIN observation o ON o.id = c.observation
        WHERE c.id = ?1
        """)
    }

    /// What the certificate says at present.
    func record(of standing: Standing) throws -> StoreEffect.Former? {
      guard let certificate = standing.certificate else { return nil }
      return try present.first(.int(certificate)) { row in
        .stored(StoreEffect.SealedRecord(identity: row.blob(0), platform: row.text(1), bytes: row.blob(2)))
      }
    }

    func standing(of one: PreparedObservation) throws -> Standing? {
      try find.first(.blob(one.identity)) { row in
        Standing(
          certificate: row.int(0),
          claim: Claim(rank: Int(row.int(1)), hasContent: row.flag(2), time: row.int(3)))
      }
    }

    func latest(_ one: PreparedObservation, _ standing: Standing) throws -> Word? {
      guard let certificate = standing.certificate else { return nil }
      return try latest.first(.int(certificate), .text(one.observation.platform)) {
        Word($0.blob(0), time: $0.int(1))
      }
    }

    func knows(_ one: PreparedObservation, _ standing: Standing) throws -> Bool {
      let platform = one.observation.platform
      if standing.holds(Word(one.digest, time: one.claim.time), of: platform) { return true }
      guard let certificate = standing.certificate else { return false }
      return try same.first(
        .int(certificate), .text(platform), .blob(one.digest), .int(one.claim.time)
      ) { _ in true } ?? false
    }
  }

  /// What is followed, in memory.
  struct Seen {
    var certificates: [Fingerprint: Standing] = [:]
    /// Some were forgotten: what comes again of them is compared with what is stored.
    var hasForgotten = false
  }

  private let most: Int
  let seen = Mutex(Seen())

  /// - Parameter most: certificates that are followed at a time.
  public init(most: Int = 500_000) {
    self.most = most
  }

  /// Whether everything was followed to its end.
  public var isExact: Bool { seen.withLock { !$0.hasForgotten } }

  func keep(_ standing: Standing, of certificate: Fingerprint, _ seen: inout Seen) {
    if seen.certificates.count >= most, seen.certificates[certificate] == nil {
      seen.certificates.removeAll(keepingCapacity: true)
      seen.hasForgotten = true
    }
    seen.certificates[certificate] = standing
  }
}
