import SQLDatabase
import Authorisations
public import Certificates
public import CivilTime
public import Materials
import Policies
public import Registry

/// How a material compares with what platforms say, and what was looked at for that.
public struct MaterialVerification: Sendable {
  public let material: Material
  /// For the audit: what was looked for, and what was found.
  public let keys: [LookupKey]
  public let certificates: [CertificateID]
}

extension SupplyDesk {
  /// Compares a material with the certificate of its kind and number, and keeps what came of it. Platforms that can be asked
  /// for it are; a person's papers are looked up only by authorisation.
  ///
  /// - Throws: `MaterialError`: `notFound`, `erased`.
  public func verify(
    _ id: MaterialID, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> MaterialVerification {
    let material = try await counter.materials.material(id)
    guard let details = material.details else { throw MaterialError.erased(id) }
    let (check, keys, certificates) = try await compare(material, details, for: asker, at: moment)
    let counter = counter
    try await store.database.write { transaction in
      try counter.materials.note(check, of: id, in: transaction)
      if (material.check?.state == .differs) != (check.state == .differs) {
        try counter.reopen(
          for: details.holder, "material \(id) \(check.state.rawValue) \(moment.milliseconds)",
          in: transaction, now: moment)
      }
    }
    return MaterialVerification(
      material: try await counter.materials.material(id), keys: keys, certificates: certificates)
  }

  private func compare(
    _ material: Material, _ details: Material.Details, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> (check: MaterialCheck, keys: [LookupKey], certificates: [CertificateID]) {
    func unchecked(_ reason: MaterialCheck.Reason) -> MaterialCheck {
      MaterialCheck(.unchecked, [reason], at: moment)
    }
    guard let kind = material.kind else { return (unchecked(.noKind), [], []) }
    guard let number = details.number ?? kind.number(of: details.holder) else {
      return (unchecked(.noNumber), [], [])
    }
    let holder = details.holder
    let consents = try await counter.authorisations.authorisations(
      of: holder, application: material.application
    )
    .filter {
      $0.holds(at: moment) && $0.covers(purpose: asker.purpose, application: material.application)
    }
    func agreed(_ kind: CertificateKind) -> Bool {
      consents.contains { $0.kinds?.contains(kind) ?? true }
    }
    let party = SupplyParty(isPerson: holder.isPerson, name: holder.name ?? "", code: holder.code)
    func allows(_ kind: CertificateKind) -> Bool {
      !kind.isPersonal(holderIsPerson: party.mayBePerson) || agreed(kind)
    }
    guard allows(kind) || (party.hasRegistrationNumber && kind != .identityCard) else {
      return (unchecked(.notAuthorised), [], [])
    }
    let key = LookupKey(.number, number)
    // By a number a platform tells of whoever it belongs to, persons too.
    let answer = await ask(for: kind, number, details, asker) { source in
      source.kinds.allSatisfy { kind in
        allows(kind)
          && (source.needs.contains(.holderCode) || !kind.isPersonal(holderIsPerson: true) || agreed(kind))
      }
    }
    let all = try await registry.certificates(matching: [key], kinds: [kind])
    let match = HolderMatch(party: party)
    let found = all.filter { certificate in
      if agreed(kind) || !certificate.record.isHeldByPerson { return true }
      guard allows(kind) else { return false }
      if case .same = match.match(certificate.record) { return true } else { return false }
    }
    let isWithheld = answer == .withheld || found.count < all.count
    let staleSince = try await staleness()
    let day = moment.civil(offsetSeconds: UTCOffset.china).date
    let checks = found.map { certificate in
      staleSince(certificate) == nil
        ? material.compared(with: certificate.record, certificate.id, on: day, at: moment)
        : MaterialCheck(.unchecked, [.unreachable], at: moment, certificate: certificate.id)
    }
    // Two authorities may give the same number: one that agrees is the one.
    let best =
      checks.first { $0.state == .agrees } ?? checks.first { $0.state == .unchecked } ?? checks.first
    let absence: MaterialCheck.Reason =
      answer == .silent ? .unreachable : isWithheld ? .notAuthorised : .notFound
    return (best ?? unchecked(absence), [key], found.map(\.id))
  }

  private enum PlatformAnswer {
    /// By all that were asked.
    case whole
    /// Not by all.
    case silent
    /// All answered that were asked, and not all were that could tell, for want of an authorisation.
    case withheld
  }

  private func ask(
    for kind: CertificateKind, _ number: String, _ details: Material.Details, _ asker: SupplyAsker,
    allows: (SupplyQuery) -> Bool
  ) async -> PlatformAnswer {
    var texts: [LookupDomain: String] = [.number: number]
    texts[.holderCode] = details.holder.code
    texts[.holderName] = details.holder.name
    texts[.unitNumber] = details.place.unitNumber
    texts[.projectCode] = details.place.projectCode
    let able = sources.filter { source in
      source.kinds.contains(kind) && source.needs.allSatisfy { texts[$0] != nil }
    }
    let allowed = able.filter(allows)
    let questions = SupplyQuestions(
      allowed.map { source in
        SupplyQuestions.One(source: source, texts: texts.filter { source.needs.contains($0.key) })
      })
    let askings = questions.all.isEmpty ? [] : await askPanel(questions, asker)
    let isWhole = askings.allSatisfy { asking in
      if case .told(let reply) = asking.state { reply.isWhole } else { false }
    }
    guard isWhole else { return .silent }
    return allowed.count < able.count ? .withheld : .whole
  }
}

extension CertificateKind {
  /// The number of these is the code of their holder.
  fileprivate func number(of holder: PaperHolder) -> String? {
    self == .identityCard || self == .businessLicence ? holder.code : nil
  }
}
