public import CivilTime

/// The canonical record of one certificate, as one platform described it or as several were resolved:
/// basic · holders · kind-specific · management.
public struct CertificateRecord: Hashable, Sendable {
  public var kind: CertificateKind
  public var basic: FieldValues
  /// In the order the platform gives; a deed has one for each right holder.
  public var holders: [FieldValues]
  public var specific: FieldValues
  /// Where the record comes from. Not part of what the certificate says.
  public var management: FieldValues

  public init(
    kind: CertificateKind, basic: FieldValues = FieldValues(), holders: [FieldValues] = [],
    specific: FieldValues = FieldValues(), management: FieldValues = FieldValues()
  ) {
    self.kind = kind
    self.basic = basic
    self.holders = holders
    self.specific = specific
    self.management = management
  }

  /// The value of a field outside the holders.
  ///
  /// - Precondition: the field is not a holder's; there may be several holders.
  public subscript(field: Field) -> FieldValue? {
    get {
      switch field.group {
      case .basic: basic[field]
      case .specific: specific[field]
      case .management: management[field]
      case .holder: preconditionFailure("\(field.path) belongs to one of several holders")
      }
    }
    set {
      precondition(field.belongs(to: kind), "\(kind.rawValue) has no \(field.path)")
      switch field.group {
      case .basic: basic[field] = newValue
      case .specific: specific[field] = newValue
      case .management: management[field] = newValue
      case .holder: preconditionFailure("\(field.path) belongs to one of several holders")
      }
    }
  }

  public var number: String? { basic.text(.number) }
  public var certificateIdentifier: String? { basic.text(.identifier) }
  public var issuedDate: CivilDate? { basic.date(.issuedDate) }
  public var validFrom: CivilDate? { basic.date(.validFrom) }
  public var validTo: CivilDate? { basic.date(.validTo) }
  public var isLongTerm: Bool { basic.flag(.longTerm) ?? false }
  /// `nil` when the platform gives no state or one that is not of the list.
  public var state: CertificateState? { basic.text(.state).flatMap(CertificateState.init(rawValue:)) }
  public var unitNumber: String? { specific.text(.unitNumber) }
  /// The code of the project the certificate belongs to; of a project its own.
  public var projectCode: String? {
    specific.text(.projectCode) ?? (kind == .projectRegistration ? number : nil)
  }
  /// What the platform has told: the content, or only that what was asked agrees (核查一致).
  public var verification: Verification {
    management.text(.verification).flatMap(Verification.init(rawValue:)) ?? .content
  }
  public var sourceUpdatedAt: Timestamp? { management.timestamp(.sourceUpdatedAt) }
}
