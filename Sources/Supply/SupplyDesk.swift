public import Certificates
public import CivilTime
import Documents
import Exchanges
public import Journal
public import Policies
public import Registry
import SQLDatabase

/// Judges applications by what the registry holds, and keeps the verdicts, signed.
public final class SupplyDesk: Sendable {
  /// What the desk is told by whoever knows the platforms.
  public struct Surroundings: Sendable {
    /// Who tells of each kind, and when it last did.
    public var reach: @Sendable () async throws -> [CertificateKind: SupplyReach]
    /// Since when nothing of a certificate's platform is understood; nil where it is.
    public var staleness: @Sendable () async throws -> @Sendable (Certificate) -> Timestamp?

    public init(
      reach: @escaping @Sendable () async throws -> [CertificateKind: SupplyReach],
      staleness: @escaping @Sendable () async throws -> @Sendable (Certificate) -> Timestamp?
    ) {
      self.reach = reach
      self.staleness = staleness
    }
  }

  public let store: SupplyStore
  private let registry: Registry
  private let journal: Journal
  private let policies: PolicyLibrary
  private let surroundings: Surroundings
  private let mostCertificates: Int

  /// - Parameter mostCertificates: so many are read by one key; where there are more, what is absent is not missing.
  public init(
    store: SupplyStore, registry: Registry, journal: Journal, policies: PolicyLibrary,
    surroundings: Surroundings, mostCertificates: Int = 500
  ) {
    self.mostCertificates = mostCertificates
    self.store = store
    self.registry = registry
    self.journal = journal
    self.policies = policies
    self.surroundings = surroundings
  }

  /// A verdict, and what was looked at for it.
  public struct Answer: Sendable {
    public let verdict: Verdict
    /// For the audit: what was looked for, and what was found.
    public let keys: [LookupKey]
    public let certificates: [CertificateID]
  }

  /// Judges without keeping anything.
  ///
  /// - Throws: `SupplyError.noRule` where no policy is about the region.
  public func judge(_ supply: SupplyCase, at moment: Timestamp) async throws -> Answer {
    guard let terms = policies.supply(forRegion: supply.region, supply.facts, on: supply.day) else {
      throw SupplyError(
        .noRule, "no policy is about the region '\(supply.region)'",
        remedy: "give an area code of six digits; Adapters/national/policy.yaml answers for the nation")
    }
    let inquiry = SupplyInquiry(supply, terms, at: moment)
    let gathered = try await gather(inquiry)
    var reach = try await surroundings.reach()
    for kind in gathered.cut {
      let sources = reach[kind]?.sources ?? []
      reach[kind] = SupplyReach(
        sources + [SupplyReach.Source(platform: "registry", told: nil, isFailing: true)])
    }
    let verdict = Verdict(
      supply, terms, SupplyKnowledge(certificates: gathered.certificates, reach: reach), at: moment)
    return Answer(
      verdict: verdict, keys: inquiry.keys + gathered.units, certificates: gathered.certificates.map(\.id))
  }

  /// Judges, signs and keeps the verdict.
  ///
  /// - Throws: `SupplyError`: `noRule`, `numberTaken`.
  public func evaluate(
    _ form: SupplyForm, at moment: Timestamp
  ) async throws -> (kept: KeptVerdict, answer: Answer) {
    let answer = try await judge(form.supply, at: moment)
    while true {
      let (id, version) = try await store.database.write { transaction in
        let (id, _) = try self.store.keep(form, in: transaction, now: moment)
        return (id, try self.store.nextVersion(id, transaction))
      }
      let statement = Self.statement(id, form.number, version, moment, answer.verdict)
      let (publicKey, signature) = try await journal.sign(statement, now: moment)
      let kept = KeptVerdict(
        application: id, number: form.number, version: version, created: moment, statement: statement,
        publicKey: publicKey, signature: signature)
      // Another call may have been quicker with this version: then this one is the next.
      if try await store.database.write({ try self.store.add(kept, in: $0) }) { return (kept, answer) }
      try Task.checkCancellation()
    }
  }

  private static func statement(
    _ id: SupplyApplicationID, _ number: String, _ version: Int, _ moment: Timestamp, _ verdict: Verdict
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("application", id.rawValue)
      writer.member("number", number)
      writer.member("version", version)
      writer.member("created", moment.iso8601)
      writer.member("verdict") { verdict.write(&$0) }
    }
    return writer.takeBytes()
  }

  private func gather(
    _ inquiry: SupplyInquiry
  ) async throws -> (certificates: [KnownCertificate], cut: Set<CertificateKind>, units: [LookupKey]) {
    var found: [CertificateID: Certificate] = [:]
    var cut: Set<CertificateKind> = []
    func look(_ key: LookupKey, _ kinds: Set<CertificateKind>) async throws {
      let some = try await registry.certificates(
        matching: [key], kinds: kinds, limit: mostCertificates + 1)
      if some.count > mostCertificates { cut.formUnion(kinds) }
      for certificate in some { found[certificate.id] = certificate }
    }
    for question in inquiry.questions { try await look(question.key, question.kinds) }
    let own = found.values.filter { inquiry.concerns($0.record) }
    // What has taken the place of a deed may be somebody else's.
    let numbers = own.compactMap { $0.record.kind == .propertyDeed ? $0.record.unitNumber : nil }
    let units = Set(numbers.map { LookupKey(.unitNumber, $0) }).subtracting(inquiry.keys)
    for unit in units { try await look(unit, [.propertyDeed]) }
    let staleSince = try await surroundings.staleness()
    var known: [KnownCertificate] = []
    for certificate in found.values {
      var exchange: ExchangeID?
      var direction: ExchangeDirection?
      if inquiry.concerns(certificate.record) {
        exchange = try await registry.evidence(for: certificate.id)?.exchange
        if let exchange { direction = try await journal.summary(exchange)?.direction }
      }
      known.append(
        KnownCertificate(
          id: certificate.id, record: certificate.record, version: certificate.version,
          platform: certificate.platform, seen: certificate.seen, staleSince: staleSince(certificate),
          exchange: exchange?.rawValue ?? 0, origin: direction == .inbound ? .push : .registry))
    }
    return (known, cut, Array(units))
  }
}
