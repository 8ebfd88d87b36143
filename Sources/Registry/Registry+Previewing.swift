public import CivilTime
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
  ) throws -> StoreCounts {
    let lookUp = try StoreOutlook.LookUp(reader)
    return try outlook.certificates.withLock { certificates in
      var counts = StoreCounts()
      for one in prepared {
        guard var standing = try certificates[one.identity] ?? lookUp.standing(of: one) else {
          certificates[one.identity] = StoreOutlook.Standing(certificate: nil, claim: one.claim, saying: one)
          counts.new += 1
          continue
        }
        let last = try standing.latest[one.observation.platform] ?? lookUp.latest(one, standing)
        let isOutdated = last.map { one.claim.time < $0.time } ?? false
        let isRepeated =
          isOutdated ? try lookUp.knows(one, standing) : last.map { one.digest == $0.digest } ?? false
        if isRepeated {
          counts.unchanged += 1
          continue
        }
        if !isOutdated, one.claim.prevails(over: standing.claim) {
          standing.claim = one.claim
          counts.changed += 1
        } else {
          counts.outranked += 1
        }
        standing.add(one, isLatest: !isOutdated)
        certificates[one.identity] = standing
      }
      return counts
    }
  }
}

/// What a preview has seen so far of the certificates that it touches.
public final class StoreOutlook: Sendable {
  struct Word: Hashable {
    let digest: [UInt8]
    let time: Int64
  }

  struct Standing {
    /// nil: there is none yet.
    let certificate: Int64?
    var claim: Claim
    /// What each platform would have said last, and all that it would have said.
    private(set) var latest: [String: Word] = [:]
    private(set) var added: [String: Set<Word>] = [:]

    mutating func add(_ one: PreparedObservation, isLatest: Bool) {
      let word = Word(digest: one.digest, time: one.claim.time)
      added[one.observation.platform, default: []].insert(word)
      if isLatest { latest[one.observation.platform] = word }
    }
  }

  /// What the tables know.
  struct LookUp {
    private let find: Statement
    private let latest: Statement
    private let same: Statement

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
        Word(digest: $0.blob(0), time: $0.int(1))
      }
    }

    func knows(_ one: PreparedObservation, _ standing: Standing) throws -> Bool {
      let platform = one.observation.platform
      if standing.added[platform]?.contains(Word(digest: one.digest, time: one.claim.time)) == true {
        return true
      }
      guard let certificate = standing.certificate else { return false }
      return try same.first(
        .int(certificate), .text(platform), .blob(one.digest), .int(one.claim.time)
      ) { _ in true } ?? false
    }
  }

  let certificates = Mutex<[[UInt8]: Standing]>([:])

  public init() {}
}

extension StoreOutlook.Standing {
  /// One that the preview itself would bring about.
  fileprivate init(certificate: Int64?, claim: Claim, saying one: PreparedObservation) {
    self.init(certificate: certificate, claim: claim)
    add(one, isLatest: true)
  }
}
