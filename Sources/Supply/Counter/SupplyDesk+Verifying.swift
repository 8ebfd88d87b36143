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
    func allows(_ kind: CertificateKind) -> Bool {
      !kind.isPersonal(holderIsPerson: holder.isPerson)
        || consents.contains { $0.kinds?.contains(kind) ?? true }
    }
    guard allows(kind) else { return (unchecked(.notAuthorised), [], []) }
    let key = LookupKey(.number, number)
    let isAnswered = await ask(for: kind, number, details, allows, asker)
    let found = try await registry.certificates(matching: [key], kinds: [kind])
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
    return (best ?? unchecked(isAnswered ? .notFound : .unreachable), [key], found.map(\.id))
  }

  /// - Returns: whether all answered that were asked.
  private func ask(
    for kind: CertificateKind, _ number: String, _ details: Material.Details,
    _ allows: (CertificateKind) -> Bool, _ asker: SupplyAsker
  ) async -> Bool {
    var texts: [LookupDomain: String] = [.number: number]
    texts[.holderCode] = details.holder.code
    texts[.holderName] = details.holder.name
    texts[.unitNumber] = details.place.unitNumber
    texts[.projectCode] = details.place.projectCode
    let questions = SupplyQuestions(
      sources.filter { source in
        source.kinds.contains(kind) && source.kinds.allSatisfy(allows)
          && source.needs.allSatisfy { texts[$0] != nil }
      }.map { source in
        SupplyQuestions.One(source: source, texts: texts.filter { source.needs.contains($0.key) })
      })
    guard !questions.all.isEmpty else { return true }
    let askings = await askPanel(questions, asker)
    return askings.allSatisfy { asking in
      if case .told(let reply) = asking.state { reply.isWhole } else { false }
    }
  }
}

extension CertificateKind {
  /// The number of these is the code of their holder.
  fileprivate func number(of holder: PaperHolder) -> String? {
    self == .identityCard || self == .businessLicence ? holder.code : nil
  }
}
