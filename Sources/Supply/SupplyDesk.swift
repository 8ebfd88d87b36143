public import Authorisations
public import Certificates
public import CivilTime
import Documents
import Exchanges
public import Journal
public import Policies
public import Registry
public import SQLDatabase

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
    /// Of a clock that never runs back.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
      reach: @escaping @Sendable () async throws -> [CertificateKind: SupplyReach],
      staleness: @escaping @Sendable () async throws -> @Sendable (Certificate) -> Timestamp?,
      sources: [SupplyQuery] = [],
      sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
      self.reach = reach
      self.staleness = staleness
      self.sources = sources
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
  private let budget: Duration
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
    /// Those that held.
    public let authorisations: [AuthorisationID]

    /// How everything stands, and by whose leave.
    var standing: [UInt8] {
      verdict.standing + authorisations.map { " \($0)" }.joined().utf8
    }

    /// Whether a platform that was asked may still say what it did not in time.
    public var isOpen: Bool {
      askings.contains { asking in
        if case .told(let reply) = asking.state { !reply.isWhole } else { true }
      }
    }
  }

  /// Judges without keeping a verdict.
  ///
  /// - Parameters:
  ///   - asker: for whom platforms are asked; nil: none is.
  ///   - budget: so long they are waited for; nil: as the desk usually does.
  /// - Throws: `SupplyError.noRule` where no policy is about the region.
  public func judge(
    _ supply: SupplyCase, for asker: SupplyAsker?, budget: Duration? = nil, at moment: Timestamp
  ) async throws -> Answer {
    let terms = try terms(for: supply)
    let inquiry = SupplyInquiry(supply, terms, at: moment)
    let possible = SupplyQuestions(supply, terms, surroundings.sources, at: moment)
    let first = try await answer(supply, terms, inquiry, possible, askings: [], at: moment)
    guard let asker else { return first }
    let questions = possible.wanted(by: first.verdict, terms)
    guard !questions.all.isEmpty else { return first }
    let askings = await panel.ask(
      questions, asker, within: budget ?? self.budget, sleep: surroundings.sleep)
    try Task.checkCancellation()
    // What was told meanwhile is as new as it is, and authorisations hold as they did when it was asked for.
    return try await answer(supply, terms, inquiry, possible, askings: askings, at: moment)
  }

  private func terms(for supply: SupplyCase) throws(SupplyError) -> SupplyTerms {
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

  func askPanel(_ questions: SupplyQuestions, _ asker: SupplyAsker) async -> [SupplyAsking] {
    await panel.ask(questions, asker, within: budget, sleep: surroundings.sleep)
  }

  private func answer(
    _ supply: SupplyCase, _ terms: SupplyTerms, _ inquiry: SupplyInquiry, _ possible: SupplyQuestions,
    askings: [SupplyAsking], at moment: Timestamp
  ) async throws -> Answer {
    let gathered = try await gather(inquiry, askings)
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
        certificates: gathered.own + gathered.others, reach: reach, withheld: possible.withheld),
      at: moment)
    return Answer(
      verdict: verdict, keys: inquiry.keys + gathered.units, certificates: gathered.own.map(\.id),
      askings: askings,
      authorisations: supply.authorisations.filter { $0.holds(at: moment) }.compactMap(\.id).sorted())
  }

  /// Breaks off the questions that platforms have not answered: for a program that ends. Who follows them asks anew.
  public func close() async { await panel.close() }

  /// Judges, signs and keeps the verdict. Where platforms did not answer in time, and may yet, that is followed.
  ///
  /// What the form says was agreed to is kept before anything is looked up by it.
  ///
  /// - Parameter keeping: called in the transaction that keeps the verdict; what it throws undoes that.
  /// - Throws: `SupplyError`: `noRule`, `numberTaken`, `unfit` (also for a moment to come); `AuthorisationError`.
  public func evaluate(
    _ form: SupplyForm, for asker: SupplyAsker?, at moment: Timestamp,
    keeping: @escaping @Sendable (SupplyApplicationID, Transaction) throws -> Void = { _, _ in }
  ) async throws -> (kept: KeptVerdict, answer: Answer) {
    let form = try await store.dated(form, at: moment)
    _ = try terms(for: form.supply)
    if let applied = form.applied, applied > moment.advanced(bySeconds: Self.clockSkew) {
      throw SupplyError(
        .unfit, "applied: lies ahead", remedy: "give the moment at which the customer applied")
    }
    try await keepPapers(of: form, for: asker, at: moment)
    let supply = try await resolved(form, purpose: asker?.purpose)
    let answer = try await judge(supply, for: asker, at: moment)
    let (store, following) = (store, following)
    let sketch = OrderSketch(form, answer.verdict, policies)
    while true {
      let (id, version) = try await store.nextPlace(ofNumber: form.number)
      let kept = try await sign(id, form.number, version, answer, at: moment)
      do {
        try await store.database.write { transaction in
          guard try store.keep(form, for: asker, in: transaction, now: moment) == id,
            try store.add(kept, standing: answer.standing, in: transaction)
          else { throw Overtaken() }
          try store.note(
            answer.keys, answer.certificates, holders: supply.holders, of: id, in: transaction)
          try store.keep(sketch, of: id, in: transaction, now: moment)
          if answer.isOpen {
            try following?.follow(id, version: version, in: transaction, now: moment)
          }
          try keeping(id, transaction)
        }
        return (kept, answer)
      } catch is Overtaken {
        // Another call was quicker with this number: then this verdict is the next.
        try Task.checkCancellation()
      }
    }
  }

  /// So many seconds the clock of whoever asks may be ahead.
  private static let clockSkew = 300

  private struct Overtaken: Error {}

  /// Judges an application once more, and keeps the verdict where it stands otherwise than the latest. Platforms are asked for what is not settled,
  /// as they were before: without that their word of then would be lost.
  ///
  /// - Parameters:
  ///   - asks: nobody is asked if not.
  ///   - budget: so long they are waited for.
  ///   - ending: called in the transaction that keeps the verdict, or finds that there is nothing to keep.
  /// - Returns: nil where there is nothing to judge any more.
  func reconsider(
    _ id: SupplyApplicationID, asks: Bool = true, budget: Duration, at moment: Timestamp,
    ending:
      @escaping @Sendable (Answer?, _ told: (version: Int, verdict: Verdict)?, Transaction) throws -> Void
  ) async throws {
    let store = store
    let held = try await store.application(id, requestID: "supply-\(id)")
    guard let held else {
      return try await store.database.write { try ending(nil, nil, $0) }
    }
    let supply = try await resolved(held.form, purpose: held.asker?.purpose)
    let answer = try await judge(supply, for: asks ? held.asker : nil, budget: budget, at: moment)
    let sketch = OrderSketch(held.form, answer.verdict, policies)
    while true {
      let (_, version) = try await store.nextPlace(ofNumber: held.form.number)
      let kept = try await sign(id, held.form.number, version, answer, at: moment)
      do {
        return try await store.database.write { transaction in
          try store.note(
            answer.keys, answer.certificates, holders: supply.holders, of: id, in: transaction)
          let standing = answer.standing
          guard try !store.stands(id, as: standing, transaction) else {
            return try ending(answer, nil, transaction)
          }
          guard try store.add(kept, standing: standing, in: transaction) else { throw Overtaken() }
          try store.keep(sketch, of: id, in: transaction, now: moment)
          try ending(answer, (version, answer.verdict), transaction)
        }
      } catch is Overtaken {
        try Task.checkCancellation()
      }
    }
  }

  private func sign(
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
      writer.member("asked") { writer in
        writer.array { writer in
          for asking in answer.askings { writer.object { asking.write(&$0) } }
        }
      }
    }
    return writer.takeBytes()
  }

  private func gather(
    _ inquiry: SupplyInquiry, _ askings: [SupplyAsking]
  ) async throws -> (
    own: [KnownCertificate], others: [KnownCertificate], cut: Set<CertificateKind>, units: [LookupKey]
  ) {
    let asked = Set(
      askings.compactMap { asking in
        if case .told(let reply) = asking.state { reply.exchange } else { nil }
      })
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
      var (exchange, origin) = (ExchangeID?.none, KnownCertificate.Origin.registry)
      if let evidence = try await registry.evidence(for: certificate.id) {
        // The word that was given just now, where it is the same as before.
        let last = asked.contains(evidence.lastExchange) ? evidence.lastExchange : evidence.exchange
        exchange = last
        if asked.contains(last) {
          origin = .query
        } else if let told = try await journal.summary(last) {
          origin = KnownCertificate.Origin(told)
        }
      }
      known.append(
        KnownCertificate(
          id: certificate.id, record: certificate.record, version: certificate.version,
          platform: certificate.platform, seen: certificate.seen, staleSince: staleSince(certificate),
          exchange: exchange?.rawValue ?? 0, origin: origin))
    }
    return (known, others, cut, Array(units))
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

extension SupplyAsking {
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("platform", platform)
    writer.member("operation", operation)
    writer.member("kinds", kinds.map(\.rawValue).sorted())
    switch state {
    case .told(let reply):
      writer.member("state", reply.isWhole ? "told" : "told-in-part")
      writer.member("exchange", reply.exchange.rawValue)
    case .failed(let code, let exchange):
      writer.member("state", "failed")
      writer.member("code", code)
      writer.memberIfPresent("exchange", exchange?.rawValue)
    case .pending: writer.member("state", "pending")
    }
  }
}
