import Certificates
import Policies

extension Judge {
  /// Whether a contractor's licence lets it build for the voltage of the application; nil: it cannot be told. Other certificates do, and so does
  /// every licence where no rule speaks of levels.
  func covers(_ record: CertificateRecord) -> Bool? {
    guard record.kind == .contractorLicence, !terms.contractors.isEmpty else { return true }
    guard let level = record.specific.text(.installationLevel) else {
      // What is built new takes 承装; a licence to repair or to test alone is none.
      let isOfOthers =
        record.specific.text(.repairLevel) != nil || record.specific.text(.testingLevel) != nil
      return isOfOthers ? false : nil
    }
    guard let grade = terms.contractors[level]?.rule.outcome else { return nil }
    if grade.highest == nil { return true }
    guard case .number(let voltage)? = supply.facts[.voltage] else { return nil }
    return grade.allows(voltage)
  }
}

extension Field {
  fileprivate static let installationLevel = contractor("installationLevel")
  fileprivate static let repairLevel = contractor("repairLevel")
  fileprivate static let testingLevel = contractor("testingLevel")

  private static func contractor(_ name: String) -> Field {
    FieldSchema.field(path: "specific.\(name)", kind: .contractorLicence)!
  }
}
