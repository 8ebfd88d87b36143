import Certificates

extension SupplyParty {
  /// Whether its papers are a person's, or may be: a citizen number is nobody's but a person's, whatever the form calls whoever has it.
  var mayBePerson: Bool { isPerson || (code.map(Identifier.holdsCitizenNumber) ?? false) }

  /// Whether it says to be an organisation, and its code may be the 注册号 of before 2015 by its name. What it says opens no person's papers by that code; what a
  /// platform says is an organisation's is no person's.
  var hasRegistrationNumber: Bool {
    guard !isPerson, let code else { return false }
    return CertificateRecord.isRegistrationNumber(code, of: name)
  }
}

extension SupplyParty {
  /// 个体工商户: by its code.
  var isOneMan: Bool { code.map { LookupDomain.holderCode.normal($0).hasPrefix("92") } ?? false }
}

extension FieldValues {
  /// Whether a holder is a person, by the code or what its platform says of it.
  var isPersons: Bool {
    let type = text(.holderCodeType).flatMap(HolderCodeType.init(rawValue:))
    if let code = text(.holderCode), Identifier.holdsCitizenNumber(code) {
      guard Identifier.isOldNumber(code) else { return true }
      return type?.isPerson ?? !CertificateRecord.isRegistrationNumber(code, of: text(.holderName))
    }
    // 个人.
    return type?.isPerson ?? (text(.rightHolderType) == "1")
  }
}

extension CertificateRecord {
  /// Whether it is a person's, wholly or in part.
  var isHeldByPerson: Bool {
    kind == .identityCard
      || holders.contains { holder in
        let role = holder.text(.holderRole).flatMap(HolderRole.init(rawValue:))
        return role != .obligor && role != .legalRepresentative && holder.isPersons
      }
  }

  /// What is left of a deed of somebody else: whether it holds, by which number it is known, and of which unit and day it is, by which it
  /// may have taken the place of another. Neither whose it is nor what else stands in it. nil where it replaces nothing.
  var withoutHolder: CertificateRecord? {
    guard kind == .propertyDeed else { return nil }
    var bare = CertificateRecord(kind: kind)
    for field in Field.ofStanding { bare[field] = self[field] }
    // That there are several is said as a platform says it: 其他共有.
    if holders.count > 1, let field = FieldSchema.field(path: "specific.coOwnership", kind: kind) {
      bare[field] = .text("3")
    }
    return bare
  }
}

extension Field {
  fileprivate static let rightHolderType = FieldSchema.field(path: "holder.holderType", kind: .propertyDeed)!

  /// By which a certificate holds, and replaces others.
  fileprivate static let ofStanding: [Field] =
    [
      .number, .issuedDate, .validFrom, .validTo, .longTerm, .state, .unitNumber, .rightState, .seized,
      .landUseTo, .sourceDeleted, .verification,
    ]
    + ["previousDeedNumber", "registeredDate", "coOwnership"].map {
      FieldSchema.field(path: "specific.\($0)", kind: .propertyDeed)!
    }
}
