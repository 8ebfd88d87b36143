/// By what certificates are found. The raw value is the word in the API and the domain of the blind index.
public enum LookupDomain: String, CaseIterable, Hashable, Sendable {
  /// A code of somebody who holds the certificate: citizen number, social credit code, passport …
  case holderCode = "holder-code"
  case holderName = "holder-name"
  /// The number printed on the certificate.
  case number
  /// 电子证照标识.
  case identifier
  /// 不动产单元号.
  case unitNumber = "unit-number"
  /// 投资项目代码, also that of the project a permit belongs to.
  case projectCode = "project-code"

  /// The text to index, or to search for: equal for all spellings of the same thing. The same rule serves both sides
  /// and needs no knowledge of the certificate's kind.
  public func normal(_ text: String) -> String {
    switch self {
    case .holderCode: Identifier.lookupText(.citizenNumber, text)
    case .holderName: Identifier.tidied(text)
    case .number: Self.normalNumber(text)
    case .identifier: Identifier.lookupText(.certificateIdentifier, text)
    case .unitNumber: Identifier.lookupText(.realEstateUnit, text)
    case .projectCode: Identifier.lookupText(.projectCode, text)
    }
  }

  private static func normalNumber(_ text: String) -> String {
    // Deeds are the only numbers with Chinese text that have variants to unify, and the only ones whose rule is
    // costly; a decision's number such as 常资规〔2020〕12号 passes through it unharmed.
    if text.utf8.contains(where: { $0 >= 0x80 }) { return Identifier.lookupText(.deedNumber, text) }
    let tidy = Identifier.tidied(text)
    switch tidy.utf8.count {
    case 15: return Identifier.lookupText(.citizenNumber, tidy)
    case 20, 24: return Identifier.lookupText(.projectCode, tidy)
    default: return tidy
    }
  }
}

/// One entry a record is found by. The text is personal data: store only a keyed digest of it.
public struct LookupKey: Hashable, Sendable {
  public let domain: LookupDomain
  public let text: String

  /// `text` in any spelling.
  public init(_ domain: LookupDomain, _ text: String) {
    self.domain = domain
    self.text = domain.normal(text)
  }
}

extension CertificateRecord {
  /// Everything this record is found by, each key once.
  public var lookupKeys: [LookupKey] {
    var keys: [LookupKey] = []
    keys.reserveCapacity(4 + 2 * holders.count)
    func add(_ domain: LookupDomain, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      let key = LookupKey(domain, text)
      if !key.text.isEmpty, !keys.contains(key) { keys.append(key) }
    }
    for holder in holders {
      add(.holderCode, holder.text(.holderCode))
      add(.holderName, holder.text(.holderName))
    }
    // The number of these certificates is the code of their holder.
    if kind == .identityCard || kind == .businessLicence { add(.holderCode, number) }
    add(.number, number)
    if kind != .projectRegistration { add(.number, specific.text(.decisionNumber)) }
    add(.identifier, certificateIdentifier)
    add(.unitNumber, unitNumber)
    add(.projectCode, projectCode)
    return keys
  }
}
