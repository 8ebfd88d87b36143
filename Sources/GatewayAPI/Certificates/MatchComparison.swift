import Certificates
import CivilTime

/// Compares claims with one record, without telling anything of the record but whether they agree.
struct MatchComparison {
  struct Finding {
    let name: String
    let verdict: MatchVerdict
    let reason: MatchReason

    init(_ name: String, _ reason: MatchReason) {
      self.name = name
      self.reason = reason
      verdict =
        switch reason {
        case .equal: .same
        case .unequal, .otherHolder: .different
        case .notGiven, .notOfThisKind, .otherSpelling, .unreadable: .unsure
        }
    }
  }

  let record: CertificateRecord
  /// The holder the claims are about, where a code of theirs says which.
  private let holder: FieldValues?

  init(_ record: CertificateRecord, _ match: CertificateMatch) {
    self.record = record
    let code = match.claims.first { claim in
      if case .key(.holderCode) = claim.subject { true } else { false }
    }
    holder = code.flatMap { claim in
      record.holders.first { Self.isEqual(.holderCode, $0.text(.holderCode), claim.text) }
    }
  }

  func findings(_ match: CertificateMatch) -> [Finding] {
    match.claims.map { claim in
      switch claim.subject {
      case .key(let domain): Finding(claim.name, compare(domain, claim.text))
      case .field(let field): Finding(claim.name, compare(field, claim.text))
      }
    }
  }

  /// One difference makes the whole different; one doubt makes it unsure.
  static func verdict(_ findings: [Finding]) -> MatchVerdict {
    if findings.contains(where: { $0.verdict == .different }) { return .different }
    return findings.contains { $0.verdict == .unsure } ? .unsure : .same
  }

  private func compare(_ domain: LookupDomain, _ text: String) -> MatchReason {
    switch domain {
    case .holderName: return compareHolders(.holderName, domain, text)
    case .holderCode:
      // The number of some kinds is its holder's code.
      if record.lookupKeys.contains(LookupKey(domain, text)) { return .equal }
      return compareHolders(.holderCode, domain, text)
    case .number, .identifier, .unitNumber, .projectCode:
      let held = record.lookupKeys.filter { $0.domain == domain }
      if held.contains(LookupKey(domain, text)) { return .equal }
      return held.isEmpty ? .notGiven : .unequal
    }
  }

  private func compareHolders(_ field: Field, _ domain: LookupDomain, _ text: String) -> MatchReason {
    let given = record.holders.filter { $0.text(field) != nil }
    guard !given.isEmpty else { return .notGiven }
    guard given.contains(where: { Self.isEqual(domain, $0.text(field), text) }) else { return .unequal }
    // The right name of the wrong holder agrees with nothing.
    guard field == .holderName, let holder, holder.text(field) != nil else { return .equal }
    return Self.isEqual(domain, holder.text(field), text) ? .equal : .otherHolder
  }

  private static func isEqual(_ domain: LookupDomain, _ held: String?, _ claimed: String) -> Bool {
    held.map { domain.normal($0) == domain.normal(claimed) } ?? false
  }

  private func compare(_ field: Field, _ text: String) -> MatchReason {
    guard field.belongs(to: record.kind) else { return .notOfThisKind }
    guard field.group == .holder else { return compare(field, record[field], text) }
    if let holder { return compare(field, holder[field], text) }
    let reasons = record.holders.map { compare(field, $0[field], text) }
    for reason in [MatchReason.equal, .otherSpelling, .unequal, .unreadable] where reasons.contains(reason) {
      return reason
    }
    return .notGiven
  }

  private func compare(_ field: Field, _ held: FieldValue?, _ text: String) -> MatchReason {
    guard let held else { return .notGiven }
    guard !text.contains("*") else { return .unreadable }
    switch held {
    case .date(let date):
      guard let claimed = CivilDate(iso: text) else { return .unreadable }
      return claimed == date ? .equal : .unequal
    case .decimal(let number):
      guard let claimed = DecimalText.canonical(text) else { return .unreadable }
      return claimed == number ? .equal : .unequal
    case .flag(let flag):
      guard text == "true" || text == "false" else { return .unreadable }
      return (text == "true") == flag ? .equal : .unequal
    case .timestamp(let time):
      guard let claimed = Timestamp(iso8601: text) else { return .unreadable }
      return claimed == time ? .equal : .unequal
    case .texts: return .otherSpelling
    case .text(let value):
      switch field.type {
      case .identifier(let kind):
        return Identifier.lookupText(kind, value) == Identifier.lookupText(kind, text) ? .equal : .unequal
      case .code: return value == text ? .equal : .unequal
      default:
        if Identifier.tidied(value) == Identifier.tidied(text) { return .equal }
        return Self.isExact(field) ? .unequal : .otherSpelling
      }
    }
  }

  /// Codes and numbers are equal or they are not; addresses, scopes and names of things have many spellings.
  private static func isExact(_ field: Field) -> Bool {
    switch field.mask {
    case .holderCode, .holderName, .personName, .number, .phone: true
    case .open, .address, .hidden: field == .typeCode || field == .issuerCode
    }
  }
}
