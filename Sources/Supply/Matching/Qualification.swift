import Certificates
import Policies

extension Judge {
  /// Whether a qualification lets its holder design or build for the voltage of the application; nil: it cannot be told. Other certificates do,
  /// and so does every qualification of whose levels no rule speaks.
  func covers(_ record: CertificateRecord) -> Bool? {
    guard let grades = terms.grades[record.kind] else { return true }
    guard let level = record.level else { return record.isOfOthers ? false : nil }
    guard let grade = grades[level]?.rule.outcome else { return nil }
    if grade.highest == nil { return true }
    guard case .number(let voltage)? = supply.facts[.voltage] else { return nil }
    return grade.allows(voltage)
  }
}

extension CertificateKind {
  /// Those that say up to which voltage somebody may work.
  static let qualifications: [CertificateKind] = [.designLicence, .contractorLicence]
}

extension SupplyRequirement {
  var isQualification: Bool { self == .designQualification || self == .constructionQualification }
}

extension CertificateRecord {
  /// To which what is connected may be designed (送电, 变电) or built (承装) by it.
  fileprivate var level: String? {
    switch kind {
    case .designLicence: specific.text(.powerGrade)
    case .contractorLicence: specific.text(.installationLevel)
    default: nil
    }
  }

  /// Whether it is for other work alone: to repair or to test, or to design houses.
  fileprivate var isOfOthers: Bool {
    switch kind {
    case .designLicence:
      let classes = specific.texts(.classes)
      return !classes.isEmpty && !classes.contains(where: Self.mayBeForTheGrid)
    case .contractorLicence:
      return specific.text(.repairLevel) != nil || specific.text(.testingLevel) != nil
    default: return false
    }
  }

  /// 工程设计综合资质 is for every trade, and 电力行业 without a branch for all of power; its other branches (火力发电, 新能源发电 …) are for plants alone.
  private static func mayBeForTheGrid(_ designClass: String) -> Bool {
    if ["综合", "送电", "变电"].contains(where: designClass.contains) { return true }
    return designClass.contains("电力") && !designClass.contains("发电")
  }
}

extension Field {
  fileprivate static let classes = of("classes", .designLicence)
  fileprivate static let powerGrade = of("powerGrade", .designLicence)
  fileprivate static let installationLevel = of("installationLevel", .contractorLicence)
  fileprivate static let repairLevel = of("repairLevel", .contractorLicence)
  fileprivate static let testingLevel = of("testingLevel", .contractorLicence)

  private static func of(_ name: String, _ kind: CertificateKind) -> Field {
    FieldSchema.field(path: "specific.\(name)", kind: kind)!
  }
}
