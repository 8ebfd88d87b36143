/// Somebody whose papers are looked at: the applicant, or the unit that designs or builds.
public struct SupplyParty: Hashable, Sendable {
  public let isPerson: Bool
  public let name: String
  /// Citizen number, social credit code or another code of a holder.
  public let code: String?
  /// 曾用名: papers may still carry them.
  public let formerNames: [String]
  /// 法定代表人 or 经营者 of an organisation.
  public let representative: Representative?

  public struct Representative: Hashable, Sendable {
    public let name: String
    public let code: String?

    public init(name: String, code: String?) {
      self.name = name
      self.code = code
    }
  }

  public init(
    isPerson: Bool, name: String, code: String?, formerNames: [String] = [],
    representative: Representative? = nil
  ) {
    self.isPerson = isPerson
    self.name = name
    self.code = code
    self.formerNames = formerNames
    self.representative = representative
  }
}

/// Where electricity is wanted, and by which numbers the place and the project are known.
public struct SupplyPlace: Hashable, Sendable {
  public let address: String
  /// 不动产单元号.
  public let unitNumber: String?
  public let deedNumber: String?
  public let projectCode: String?

  public init(
    address: String, unitNumber: String? = nil, deedNumber: String? = nil, projectCode: String? = nil
  ) {
    self.address = address
    self.unitNumber = unitNumber
    self.deedNumber = deedNumber
    self.projectCode = projectCode
  }
}
