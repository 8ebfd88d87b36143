/// A record as somebody sees it who has no purpose that needs the whole.
public struct MaskedRecord: Hashable, Sendable {
  /// Texts are masked; what cannot be masked (a date of birth) is left out.
  public let record: CertificateRecord
  /// The paths of everything that is not shown whole.
  public let hiddenPaths: [String]
}

extension CertificateRecord {
  /// The record with everything hidden that the schema says tells who somebody is or where they live.
  ///
  /// Organisations are shown: their names, codes and seats are published. A holder whose code type and name do not say
  /// that it is an organisation counts as a person, and a one-man business (个体工商户) as a person's home. The name of a project that a person owns tells who that is.
  ///
  /// - Parameter revealing: fields that the purpose of the reader allows to be seen.
  public func masked(revealing: Set<Field> = []) -> MaskedRecord {
    var result = self
    var hidden: [String] = []
    let isOrganisation = holders.first.map(Self.isOrganisation) ?? false
    result.basic = mask(basic, isOrganisation, revealing, "basic", &hidden)
    for place in holders.indices {
      result.holders[place] = mask(
        holders[place], Self.isOrganisation(holders[place]), revealing, "holders[\(place)]", &hidden)
    }
    result.specific = mask(specific, isOrganisation, revealing, "specific", &hidden)
    result.management = mask(management, isOrganisation, revealing, "management", &hidden)
    return MaskedRecord(record: result, hiddenPaths: hidden)
  }

  private func mask(
    _ values: FieldValues, _ isOrganisation: Bool, _ revealing: Set<Field>, _ path: String,
    _ hidden: inout [String]
  ) -> FieldValues {
    var result = values
    for entry in values.entries where entry.field.mask != .open && !revealing.contains(entry.field) {
      if isPublic(entry.field, isOrganisation), !Self.isCitizenNumber(entry.value, entry.field) { continue }
      let shown: FieldValue? =
        switch entry.value {
        case .text(let text): Self.shown(text, entry.field.mask).map(FieldValue.text)
        default: nil
        }
      if shown != entry.value {
        result[entry.field] = shown
        hidden.append("\(path).\(entry.field.name)")
      }
    }
    return result
  }

  /// Published anyway: what registers of companies, projects and permits show to everybody.
  private func isPublic(_ field: Field, _ isOrganisation: Bool) -> Bool {
    switch field.mask {
    case .number where field.group == .basic:
      switch kind {
      case .identityCard, .propertyDeed, .propertyRegistrationProof: return false
      case .businessLicence, .contractorLicence, .designLicence: return isOrganisation
      case .projectRegistration, .constructionPlanningPermit, .roadPermit, .greeningPermit, .approvalCase:
        return true
      }
    case .holderName, .holderCode: return isOrganisation
    case .address:
      switch kind {
      case .businessLicence, .contractorLicence, .designLicence: return isOrganisation && !isOneManBusiness
      case .constructionPlanningPermit, .roadPermit, .greeningPermit: return field == .location
      case .projectRegistration: return field.group == .holder ? isOrganisation : !isPersons
      default: return field.group == .holder && isOrganisation
      }
    // 张三养殖项目.
    case .hidden where field == .projectName: return !isPersons
    default: return false
    }
  }

  /// Whoever is said to have it.
  private static func isCitizenNumber(_ value: FieldValue, _ field: Field) -> Bool {
    guard field.mask == .holderCode, case .text(let code) = value else { return false }
    return Identifier.holdsCitizenNumber(code)
  }

  /// Whether it is known to be a person's: what registers show of projects that name nobody is no person's.
  private var isPersons: Bool { holders.first.map { !Self.isOrganisation($0) } ?? false }

  /// 个体工商户: its credit code starts with 92.
  private var isOneManBusiness: Bool {
    let code = holders.first?.text(.holderCode) ?? number ?? ""
    return code.hasPrefix("92")
  }

  /// Whether the code type, code or name of a holder says that it is an organisation.
  public static func isOrganisation(_ holder: FieldValues) -> Bool {
    if let type = holder.text(.holderCodeType).flatMap(HolderCodeType.init(rawValue:)) {
      return !type.isPerson
    }
    if let code = holder.text(.holderCode) {
      return Identifier.inspect(.socialCreditCode, code).isValid
        || isRegistrationNumber(code, of: holder.text(.holderName))
    }
    return holder.text(.holderName).map(isOrganisation(named:)) ?? false
  }

  /// Whether a name is an organisation's, as far as names tell.
  public static func isOrganisation(named name: String) -> Bool { Masking.isOrganisationName(name) }

  /// Whether fifteen digits are the 注册号 that an organisation of this name had before 2015. Beside the name of what is mostly one man's business they are not where they may be
  /// its owner's citizen number.
  public static func isRegistrationNumber(_ code: String, of name: String?) -> Bool {
    guard let name, Identifier.isOldNumber(code), isOrganisation(named: name) else { return false }
    return !Masking.isTradeName(name) || !Identifier.holdsCitizenNumber(Identifier.tidied(code))
  }

  private static func shown(_ text: String, _ rule: MaskRule) -> String? {
    switch rule {
    case .open: text
    case .holderName, .personName: Masking.personName(text)
    case .holderCode: Masking.code(text)
    case .phone: Masking.phone(text)
    case .address: Masking.address(text)
    case .number: text.utf8.count == 18 || text.utf8.count == 15 ? Masking.code(text) : Masking.number(text)
    case .hidden: nil
    }
  }
}
