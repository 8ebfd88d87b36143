public import Authorisations
public import Certificates
public import CivilTime
import Documents
import Exchanges
public import Journal
public import Policies
public import Registry
import SQLDatabase

/// Judges applications by what the registry holds and what platforms say when they are asked, and keeps the verdicts, signed.
public final class SupplyDesk: Sendable {
  /// What the desk is told by whoever knows the platforms.
  public struct Surroundings: Sendable {
    /// Who tells of each kind, and when it last did.
    public var reach: @Sendable () async throws -> [CertificateKind: SupplyReach]
    /// Since when nothing of a certificate's platform is understood; nil where it is.
    public var staleness: @Sendable () async throws -> @Sendable (Certificate) -> Timestamp?
    /// Who can be asked at once.
    public var sources: [SupplyQuery]
    /// What platforms send by themselves.
    public var sent: Set<CertificateKind>
    /// Of a clock that never runs back.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
      reach: @escaping @Sendable () async throws -> [CertificateKind: SupplyReach],
      staleness: @escaping @Sendable () async throws -> @Sendable (Certificate) -> Timestamp?,
      sources: [SupplyQuery] = [], sent: Set<CertificateKind> = [],
      sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
      self.reach = reach
      self.staleness = staleness
      self.sources = sources
      self.sent = sent
      self.sleep = sleep
    }
  }

  public let store: SupplyStore
  public let counter: SupplyCounter
  let following: SupplyFollowing?
  let registry: Registry
  let journal: Journal
  let policies: PolicyLibrary
  private let surroundings: Surroundings
  private let panel = SupplyPanel()
  /// So long platforms are waited for.
  public let budget: Duration
  private let mostCertificates: Int

  /// - Parameters:
  ///   - following: brings to an end what could not be told in time; nil: nothing does.
  ///   - budget: so long platforms are waited for.
  ///   - mostCertificates: so many are read by one key; where there are more, what is absent is not missing.
  public init(
    store: SupplyStore, registry: Registry, journal: Journal, policies: PolicyLibrary,
    surroundings: Surroundings, following: SupplyFollowing? = nil, budget: Duration = .seconds(3),
    mostCertificates: Int = 500
  ) {
    self.budget = budget
    self.following = following
    self.mostCertificates = mostCertificates
    self.store = store
    counter = SupplyCounter(store: store, following: following)
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
    /// The platforms that were asked, in no order.
    public let askings: [SupplyAsking]
    /// What it has of what platforms told for the verdicts before it.
    let toldBefore: [SupplyAsking]
    /// Those that held.
    public let authorisations: [AuthorisationID]
    /// The first moment at which something that the verdict rests on holds no more; nil: nothing ends.
    let end: Timestamp?
    /// Who has a part in it.
    let holders: [PaperHolder]

    /// How everything stands, and by whose leave.
    var standing: [UInt8] {
      verdict.standing + authorisations.map { " \($0)" }.joined().utf8
    }

    var step: String { verdict.facts.step }

    /// Whether a platform that was asked may still say what it did not in time.
    public var isOpen: Bool {
      askings.contains { asking in
        if case .told(let reply) = asking.state { !reply.isWhole } else { true }
      }
    }

    /// Whether something could not be told, or is too old, whoever tells of it: it may be told without any certificate changing.
    var isUnchecked: Bool {
      verdict.requirements.contains { one in
        switch one.state {
        case .unchecked(.unreachable), .unchecked(.stale): true
        default: false
        }
      }
    }

    /// Whether somebody has to look at something, and a platform that was asked may yet tell of another that settles it: one that was registered since.
    var isDoubtful: Bool {
      guard !askings.isEmpty else { return false }
      return verdict.requirements.contains { one in
        switch one.state {
        case .unchecked(.doubtful), .unchecked(.paper): true
        default: false
        }
      }
    }
  }

  /// Judges without keeping a verdict: by what is known, and once more when platforms have said what that leaves open.
  ///
  /// - Parameters:
  ///   - supply: read anew each time: what was handed in, agreed to or taken back while platforms are waited for is in the answer.
  ///   - asker: for whom platforms are asked; nil: none is.
  ///   - told: what platforms have said already: then none is asked.
  ///   - before: what they told by somebody's code for earlier verdicts.
  ///   - budget: so long they are waited for; nil: as the desk usually does.
  ///   - waiting: done before they are.
  /// - Throws: `SupplyError.noRule` where no policy is about the region.
  func judge(
    _ supply: @autoclosure () async throws -> SupplyCase, for asker: SupplyAsker?,
    told: [SupplyAsking]? = nil, before: [SupplyAsking] = [], within budget: Duration? = nil,
    at moment: Timestamp, waiting: () async throws -> Void = {}
  ) async throws -> Answer {
    var told = told
    while true {
      let supply = try await supply()
      let terms = try terms(for: supply)
      let possible = SupplyQuestions(supply, terms, surroundings.sources, at: moment)
      let answer = try await answer(supply, terms, possible, askings: told ?? [], before, at: moment)
      guard told == nil, let asker else { return answer }
      let questions = possible.wanted(by: answer.verdict, terms)
      guard !questions.all.isEmpty else { return answer }
      try await waiting()
      told = await askPanel(questions, asker, within: budget)
      try Task.checkCancellation()
    }
  }

  func terms(for supply: SupplyCase) throws(SupplyError) -> SupplyTerms {
    guard let terms = policies.supply(forRegion: supply.region, supply.facts, on: supply.day) else {
      throw SupplyError(
        .noRule, "no policy is about the region '\(supply.region)'",
        remedy: "give an area code of six digits; Adapters/national/policy.yaml answers for the nation")
    }
    return terms
  }

  /// The codes by which any policy asks for a paper.
  public var materialCodes: Set<String> {
    policies.policies.flatMap(\.supply.proofs).reduce(into: []) { $0.formUnion($1.outcome.materials) }
  }

  /// Who can be asked at once.
  var sources: [SupplyQuery] { surroundings.sources }

  func staleness() async throws -> @Sendable (Certificate) -> Timestamp? {
    try await surroundings.staleness()
  }

  func askPanel(
    _ questions: SupplyQuestions, _ asker: SupplyAsker, within budget: Duration? = nil
  ) async -> [SupplyAsking] {
    await panel.ask(questions, asker, within: budget ?? self.budget, sleep: surroundings.sleep)
  }

  private func answer(
    _ supply: SupplyCase, _ terms: SupplyTerms, _ possible: SupplyQuestions, askings: [SupplyAsking],
    _ before: [SupplyAsking], at moment: Timestamp
  ) async throws -> Answer {
    let inquiry = SupplyInquiry(supply, terms, at: moment)
    // Of a platform that does not answer, or is not asked, what it told last is known.
    let earlier = before.filter { one in
      let again = askings.filter(one.isSameOperation)
      return (again.isEmpty || !again.allSatisfy { $0.reply?.isWhole == true })
        && !again.contains { one.isToldAgain(by: $0) }
    }
    let gathered = try await gather(inquiry, askings, earlier)
    var reach = SupplyKnowledge.reach(
      SupplyKnowledge.reach(try await surroundings.reach(), after: askings), besides: possible)
    for kind in gathered.cut {
      let sources = reach[kind]?.sources ?? []
      reach[kind] = SupplyReach(
        sources + [SupplyReach.Source(platform: "registry", told: nil, isFailing: true)])
    }
    let verdict = Verdict(
      supply, terms,
      SupplyKnowledge(
        certificates: gathered.own + gathered.others, reach: reach, withheld: possible.withheld,
        possible: surroundings.sources.reduce(into: surroundings.sent) { $0.formUnion($1.kinds) }),
      at: moment)
    let held = supply.authorisations.filter { $0.holds(at: moment) }
    let ends = held.compactMap(\.until) + verdict.lastDays(gathered.own).map(\.end)
    let own = gathered.own.map(\.id)
    return Answer(
      verdict: verdict, keys: inquiry.keys + gathered.units, certificates: own, askings: askings,
      toldBefore: earlier.filter { $0.reply?.certificates.isDisjoint(with: own) == false },
      authorisations: held.compactMap(\.id).sorted(),
      end: ends.filter { $0 > moment }.min(), holders: supply.holders)
  }

  /// Breaks off the questions that platforms have not answered: for a program that ends. Who follows them asks anew.
  public func close() async { await panel.close() }

  func sign(
    _ id: SupplyApplicationID, _ number: String, _ version: Int, _ answer: Answer, at moment: Timestamp
  ) async throws -> KeptVerdict {
    let statement = Self.statement(id, number, version, moment, answer)
    let (publicKey, signature) = try await journal.sign(statement, now: moment)
    return KeptVerdict(
      application: id, number: number, version: version, created: moment, statement: statement,
      publicKey: publicKey, signature: signature)
  }

  private static func statement(
    _ id: SupplyApplicationID, _ number: String, _ version: Int, _ moment: Timestamp, _ answer: Answer
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("application", id.rawValue)
      writer.member("number", number)
      writer.member("version", version)
      writer.member("created", moment.iso8601)
      writer.member("authorisations") { writer in
        writer.array { writer in for id in answer.authorisations { writer.integer(id.rawValue) } }
      }
      writer.member("verdict") { answer.verdict.write(&$0) }
      for (name, askings) in [("asked", answer.askings), ("toldBefore", answer.toldBefore)] {
        writer.member(name) { writer in
          writer.array { writer in
            for asking in askings { writer.object { asking.write(&$0, of: answer.certificates) } }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private func gather(
    _ inquiry: SupplyInquiry, _ askings: [SupplyAsking], _ earlier: [SupplyAsking]
  ) async throws -> (
    own: [KnownCertificate], others: [KnownCertificate], cut: Set<CertificateKind>, units: [LookupKey]
  ) {
    let asked = Set(askings.compactMap(\.reply?.exchange))
    var found: [CertificateID: Certificate] = [:]
    var cut: Set<CertificateKind> = []
    func look(_ keys: [(key: LookupKey, kinds: Set<CertificateKind>)]) async throws {
      guard !keys.isEmpty else { return }
      let answers = try await registry.certificates(matchingEach: keys, limit: mostCertificates + 1)
      for (some, question) in zip(answers, keys) {
        if some.count > mostCertificates { cut.formUnion(question.kinds) }
        for certificate in some { found[certificate.id] = certificate }
      }
    }
    try await look(inquiry.questions.map { ($0.key, $0.kinds) })
    // Platforms leave out codes, or mask them: what they told when they were asked by one is found by no key of the holder.
    for isByCode in [true, false] {
      let told = (askings + earlier).filter { $0.isByCode == isByCode }.compactMap(\.reply)
        .reduce(into: Set()) { $0.formUnion($1.certificates) }.subtracting(found.keys)
      for certificate in try await registry.certificates(told, kinds: inquiry.kinds)
      where inquiry.concerns(certificate.record, toldByCode: isByCode) {
        found[certificate.id] = certificate
      }
    }
    let own = found.values.filter { inquiry.concerns($0.record) }
    // What has taken the place of a deed may be somebody else's.
    let numbers = own.compactMap { $0.record.kind == .propertyDeed ? $0.record.unitNumber : nil }
    let units = Set(numbers.map { LookupKey(.unitNumber, $0) }).subtracting(inquiry.keys)
    try await look(units.map { ($0, [.propertyDeed]) })
    let footing = try await footing(
      of: found.values.filter { inquiry.concerns($0.record) }.map(\.id), asked)
    let staleSince = try await surroundings.staleness()
    var (known, others): ([KnownCertificate], [KnownCertificate]) = ([], [])
    for certificate in found.values {
      guard inquiry.concerns(certificate.record) else {
        if let record = certificate.record.withoutHolder {
          others.append(
            KnownCertificate(
              id: certificate.id, record: record, version: certificate.version,
              platform: certificate.platform, seen: certificate.seen, exchange: 0))
        }
        continue
      }
      let told = footing[certificate.id]
      known.append(
        KnownCertificate(
          id: certificate.id, record: certificate.record, version: certificate.version,
          platform: certificate.platform, seen: certificate.seen, staleSince: staleSince(certificate),
          exchange: told?.exchange.rawValue ?? 0, origin: told?.origin ?? .registry))
    }
    return (known, others, cut, Array(units))
  }

  /// By what each of the certificates is known.
  private func footing(
    of ids: [CertificateID], _ asked: Set<ExchangeID>
  ) async throws -> [CertificateID: (exchange: ExchangeID, origin: KnownCertificate.Origin)] {
    let (registry, journal) = (registry, journal)
    return try await store.database.read { reader in
      var footing: [CertificateID: (exchange: ExchangeID, origin: KnownCertificate.Origin)] = [:]
      for id in ids {
        guard let told = try registry.exchanges(of: id, in: reader) else { continue }
        // The word that was given just now, where it is the same as before.
        let exchange = asked.contains(told.last) ? told.last : told.first
        if asked.contains(exchange) {
          footing[id] = (exchange, .query)
        } else {
          let summary = try journal.summary(exchange, in: reader)
          footing[id] = (exchange, summary.map { KnownCertificate.Origin($0) } ?? .registry)
        }
      }
      return footing
    }
  }
}

extension KnownCertificate.Origin {
  /// Of what is not the answer to a question. Only a platform's own call makes it something that it sent by itself: lists that were handed
  /// over and decisions that people entered came in too, and nobody sent them.
  init(_ told: ExchangeSummary) {
    let isByPeople = told.platform == ProjectTable.platform || told.operation == "permit-entry"
    self = told.direction == .inbound && !isByPeople ? .push : .registry
  }
}

extension Verdict {
  /// The last days of what it rests on.
  fileprivate func lastDays(_ certificates: [KnownCertificate]) -> [CivilDate] {
    requirements.flatMap { one -> [CivilDate?] in
      switch one.state {
      case .certificate(let evidence):
        let record = certificates.first { $0.id == evidence.certificate }?.record
        return [record?.validTo, record?.specific.date(.landUseTo)]
      case .material(let material, _), .unchecked(.paper(let material, _)): return [material.validTo]
      default: return []
      }
    }.compactMap(\.self)
  }
}

extension CivilDate {
  /// The first moment behind the day, in China.
  fileprivate var end: Timestamp {
    CivilDateTime(startOf: self).timestamp(offsetSeconds: UTCOffset.china).advanced(bySeconds: 86_400)
  }
}

extension SupplyAsking {
  /// As a statement has it; nil where its platform cannot be asked any more.
  ///
  /// - Parameter latest: a moment at which it had been told.
  init?(_ value: JSONValue, among sources: [SupplyQuery], before latest: Timestamp) {
    let (platform, operation) = (value["platform"]?.string, value["operation"]?.string)
    guard let source = sources.first(where: { $0.platform == platform && $0.operation == operation }) else {
      return nil
    }
    let exchange = value["exchange"]?.integer.map { ExchangeID(rawValue: Int64($0)) }
    let received = value["received"]?.string.flatMap { Timestamp(iso8601: $0) } ?? latest
    let certificates = value["certificates"]?.elements.compactMap(\.string).compactMap(CertificateID.init)
    switch (value["state"]?.string, exchange) {
    case ("told", let exchange?), ("told-in-part", let exchange?):
      self.init(
        source,
        .told(
          .init(
            exchange: exchange, received: received, isWhole: value["state"]?.string == "told",
            certificates: Set(certificates ?? []))))
    case ("failed", _): self.init(source, .failed(code: value["code"]?.string ?? "", exchange: exchange))
    default: self.init(source, .pending)
    }
  }

  /// - Parameter own: certificates that concern the application; of others that were told nothing is said.
  fileprivate func write(_ writer: inout JSONWriter, of own: [CertificateID]) {
    writer.member("platform", platform)
    writer.member("operation", operation)
    writer.member("kinds", kinds.map(\.rawValue).sorted())
    switch state {
    case .told(let reply):
      writer.member("state", reply.isWhole ? "told" : "told-in-part")
      writer.member("exchange", reply.exchange.rawValue)
      writer.member("received", reply.received.iso8601)
      writer.member("certificates", own.filter(reply.certificates.contains).map(\.rawValue).sorted())
    case .failed(let code, let exchange):
      writer.member("state", "failed")
      writer.member("code", code)
      writer.memberIfPresent("exchange", exchange?.rawValue)
    case .pending: writer.member("state", "pending")
    }
  }
}
