import Calendars
import Certificates
import Documents

/// Reads `supply`: which papers an application needs, what meets each, and who brings it.
///
///     supply:
///       demands:
///         - {id: subject, clause: HA-PLAN (一)1, of: [subject], when: {stage: application}, demand: shared}
///       proofs:
///         - {id: village, clause: HA-PLAN (一)1, of: [property], materials: [village-proof], equivalent: true}
struct SupplyReader {
  let clauses: ClauseReader

  func read(_ reader: ConfigurationReader?) -> SupplyRules {
    guard let reader else { return .none }
    return SupplyRules(
      demands: rules(reader, "demands") { $0.choice("demand", among: SupplyDemand.self) },
      proofs: rules(reader, "proofs", proof),
      obtainable: rules(reader, "obtainable") { reader in
        SupplySource(platforms: Set(words(reader, "platforms")))
      },
      deferrals: rules(reader, "deferrals", deferral),
      exemptions: rules(reader, "exemptions") { reader in
        SupplyExemption(reasons: Set(words(reader, "by")))
      },
      freshness: rules(reader, "freshness") { reader in
        SupplyFreshness(
          kinds: Set(words(reader, "kinds")), days: reader.integer("days", in: 0...36_500))
      },
      grades: rules(reader, "designers") { grade($0, of: .designLicence, .designGrade) }
        + rules(reader, "contractors") { grade($0, of: .contractorLicence, .contractorLevel) },
      levels: rules(reader, "levels") { reader in
        SupplyLevelName(
          level: reader.choice("level", among: SupplyLevel.self), title: reader.text("title"))
      },
      stages: rules(reader, "stages") { reader in
        SupplyStages(
          stages: Set(
            reader.list("stages", count: 0...SupplyStages.words.count) {
              $0.choice(among: SupplyStages.words)
            }))
      })
  }

  private func rules<Outcome>(
    _ reader: ConfigurationReader, _ key: String, _ outcome: (ConfigurationReader) -> Outcome?
  ) -> [Rule<Outcome>] {
    let isOfRequirements = !["freshness", "designers", "contractors", "levels", "stages"].contains(key)
    return reader.list(ifPresent: key) { value in
      guard let reader = value.reader() else { return nil }
      let clause = clauses.read(reader)
      let requirements: [SupplyRequirement] =
        isOfRequirements ? words(reader, "of") : SupplyRequirement.allCases
      let condition = ConditionReader.read(reader.nested(ifPresent: "when"))
      guard let outcome = outcome(reader), let clause else { return nil }
      return Rule(
        id: reader.text("id"), clause: clause, term: PolicyReader.term(reader),
        requirements: Set(requirements), condition: condition, outcome: outcome)
    } ?? []
  }

  /// A list of words of a closed set, at least one.
  private func words<Word: RawRepresentable<String> & CaseIterable>(
    _ reader: ConfigurationReader, _ key: String
  ) -> [Word] {
    reader.list(key, count: 1...Word.allCases.count) { $0.choice(among: Word.allCases.map(\.rawValue)) }
      .compactMap { Word(rawValue: $0) }
  }

  private func proof(_ reader: ConfigurationReader) -> SupplyProof? {
    let kinds: [CertificateKind] = reader.has("kinds") ? words(reader, "kinds") : []
    let materials = reader.texts("materials", default: [])
    let isFace = reader.boolean("face", default: false)
    if kinds.isEmpty, materials.isEmpty, !isFace {
      reader.error("needs 'kinds', 'materials' or 'face': what it is proven by")
    }
    return SupplyProof(
      kinds: Set(kinds), materials: materials, isFace: isFace,
      isEquivalent: reader.boolean("equivalent", default: false))
  }

  private func grade(
    _ reader: ConfigurationReader, of kind: CertificateKind, _ levels: CodeList
  ) -> QualificationGrade? {
    let known = levels.entries.map(\.code).joined(separator: ", ")
    let level = reader.parse("level", "one of \(known)") { levels.entry($0)?.code }
    let highest = reader.parse("voltage", "kilovolts, such as 35, or 'any'") { (text) -> Quantity?? in
      text == "any" ? .some(nil) : Quantity(text).map { .some($0) }
    }
    guard let level, let highest else { return nil }
    return QualificationGrade(kind: kind, level: level, highest: highest)
  }

  private func deferral(_ reader: ConfigurationReader) -> SupplyDeferral? {
    let given: [SupplyRequirement] = reader.has("given") ? words(reader, "given") : []
    let ends = reader.parse("ends", "an event such as connected, or a limit such as '10 working days'") {
      (text) -> SupplyDeferral.End? in
      if let limit = TimeLimit(text) { return .limit(limit) }
      return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D } ? .event(text) : nil
    }
    return ends.map { SupplyDeferral(until: $0, given: Set(given)) }
  }
}
