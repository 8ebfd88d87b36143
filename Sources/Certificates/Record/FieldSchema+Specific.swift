/// The fields of single kinds. Standard names `KZ_*` are extensions by GB/T 36903, the others come from the
/// real-estate exchange tables.
extension FieldSchema {
  static let specific: [FieldDefinition] =
    identityCard + company + property + project + permit + qualification

  private static let identityCard: [FieldDefinition] = [
    .init(.specific, "sex", .code(.sex), "性别", "Sex", mask: .hidden, kinds: [.identityCard]),
    .init(.specific, "ethnicity", .text, "民族", "Ethnicity", mask: .hidden, kinds: [.identityCard]),
    .init(.specific, "birthDate", .date, "出生日期", "Date of birth", mask: .hidden, kinds: [.identityCard]),
    .init(
      .specific, "residence", .text, "住址", "Registered residence", mask: .address, kinds: [.identityCard]),
  ]

  private static let companyKinds: Set<CertificateKind> = [
    .businessLicence, .contractorLicence, .designLicence,
  ]

  private static let company: [FieldDefinition] = [
    .init(
      .specific, "legalRepresentative", .text, "法定代表人", "Legal representative", mask: .personName,
      kinds: companyKinds.union([.projectRegistration])),
    .init(
      .specific, "legalRepresentativeCode", .text, "法定代表人证件号码", "Legal representative's identity code",
      mask: .number, kinds: companyKinds),
    .init(.specific, "companyType", .text, "主体类型", "Kind of company", kinds: companyKinds),
    .init(
      .specific, "registeredCapital", .decimal(.tenThousandYuan), "注册资本", "Registered capital",
      kinds: companyKinds),
    .init(.specific, "currency", .text, "币种", "Currency of the capital", kinds: companyKinds),
    .init(.specific, "establishedDate", .date, "成立日期", "Date of establishment", kinds: companyKinds),
    .init(.specific, "businessScope", .text, "经营范围", "Scope of business", kinds: companyKinds),
    // The seat of a company is published; that of a one-man business may be a home.
    .init(.specific, "address", .text, "住所(经营场所)", "Seat", mask: .address, kinds: companyKinds),
    .init(
      .specific, "registrationState", .text, "登记状态", "Registration state", kinds: companyKinds),
    .init(
      .specific, "industry", .text, "行业代码", "Industry code", kinds: companyKinds.union([.projectRegistration])
    ),
    .init(
      .specific, "industryName", .text, "行业", "Industry", kinds: companyKinds.union([.projectRegistration])),
    .init(.specific, "phone", .text, "联系电话", "Telephone", mask: .phone, kinds: companyKinds),
  ]

  private static let propertyKinds = CertificateKind.property

  private static let property: [FieldDefinition] = [
    .init(
      .specific, "unitNumber", .identifier(.realEstateUnit), "不动产单元号", "Real-estate unit number",
      standard: "KZ_BDCDYH", mask: .number, kinds: propertyKinds),
    .init(
      .specific, "location", .text, "坐落", "Location", standard: "KZ_ZL", mask: .address,
      kinds: propertyKinds.union(CertificateKind.permits)),
    .init(
      .specific, "rightType", .code(.rightType), "权利类型", "Type of right", standard: "KZ_QLLX",
      kinds: propertyKinds),
    .init(
      .specific, "rightNature", .text, "权利性质", "Nature of right", standard: "KZ_QLXZ", kinds: propertyKinds),
    .init(.specific, "usage", .text, "用途", "Usage", standard: "KZ_YT", kinds: propertyKinds),
    .init(.specific, "plannedUsage", .text, "规划用途", "Planned usage", standard: "GHYT", kinds: propertyKinds),
    .init(
      .specific, "buildingArea", .decimal(.squareMetre), "建筑面积", "Building area", standard: "KZ_MJ",
      kinds: propertyKinds.union([.projectRegistration, .constructionPlanningPermit])),
    .init(
      .specific, "innerArea", .decimal(.squareMetre), "专有(套内)建筑面积", "Inner area", standard: "ZYJZMJ",
      kinds: propertyKinds),
    .init(
      .specific, "apportionedArea", .decimal(.squareMetre), "分摊建筑面积", "Apportioned area", standard: "FTJZMJ",
      kinds: propertyKinds),
    .init(
      .specific, "landArea", .decimal(.squareMetre), "土地面积", "Land area", standard: "ZDMJ",
      kinds: propertyKinds.union([.projectRegistration, .constructionPlanningPermit])),
    .init(
      .specific, "apportionedLandArea", .decimal(.squareMetre), "分摊土地面积", "Apportioned land area",
      standard: "FTTDMJ", kinds: propertyKinds),
    .init(.specific, "landUsage", .text, "土地用途", "Land usage", kinds: propertyKinds),
    .init(
      .specific, "landUseFrom", .date, "土地使用期限起", "Land use from", standard: "TDSYQSSJ", kinds: propertyKinds),
    .init(
      .specific, "landUseTo", .date, "土地使用期限止", "Land use to", standard: "TDSYJSSJ", kinds: propertyKinds),
    .init(
      .specific, "totalFloors", .text, "总层数", "Floors of the building", standard: "ZCS", kinds: propertyKinds),
    .init(.specific, "floor", .text, "所在层", "Floor", standard: "SJCS", mask: .hidden, kinds: propertyKinds),
    .init(.specific, "room", .text, "房号", "Room", standard: "HH", mask: .hidden, kinds: propertyKinds),
    .init(.specific, "structure", .text, "房屋结构", "Structure", standard: "FWJG", kinds: propertyKinds),
    .init(.specific, "houseType", .text, "房屋类型", "Type of house", standard: "FWLX", kinds: propertyKinds),
    .init(.specific, "houseNature", .text, "房屋性质", "Nature of house", standard: "FWXZ", kinds: propertyKinds),
    .init(
      .specific, "registrationType", .code(.registrationType), "登记类型", "Type of registration",
      standard: "DJLX", kinds: propertyKinds),
    .init(
      .specific, "registrationReason", .text, "登记原因", "Reason of registration", standard: "DJYY",
      kinds: propertyKinds),
    .init(
      .specific, "registeredDate", .date, "登记时间", "Date of registration", standard: "DJSJ",
      kinds: propertyKinds),
    .init(
      .specific, "rightState", .code(.rightState), "权属状态", "State of the right", standard: "QSZT",
      kinds: propertyKinds),
    .init(
      .specific, "coOwnership", .code(.ownershipForm), "共有情况", "Co-ownership", standard: "KZ_GYQK",
      kinds: propertyKinds),
    .init(
      .specific, "businessNumber", .text, "业务号", "Registration case number", standard: "YWH", mask: .number,
      kinds: propertyKinds),
    .init(.specific, "seized", .flag, "查封", "Seized", kinds: propertyKinds),
    .init(.specific, "mortgaged", .flag, "抵押", "Mortgaged", kinds: propertyKinds),
    .init(
      .specific, "previousDeedNumber", .identifier(.deedNumber), "原不动产权证号", "Deed before this one",
      mask: .number, kinds: propertyKinds),
    .init(
      .specific, "deedNumber", .identifier(.deedNumber), "不动产权证号", "Deed the proof belongs to",
      mask: .number, kinds: [.propertyRegistrationProof]),
    .init(
      .specific, "provenMatter", .text, "证明权利或事项", "Right or matter proven",
      kinds: [.propertyRegistrationProof]),
  ]

  private static let projectKinds: Set<CertificateKind> = [.projectRegistration]

  private static let project: [FieldDefinition] = [
    .init(
      .specific, "projectCode", .identifier(.projectCode), "项目代码", "Project code",
      kinds: projectKinds.union(approvalKinds)),
    .init(
      .specific, "projectName", .text, "项目名称", "Project name", mask: .hidden,
      kinds: projectKinds.union(approvalKinds)),
    .init(.specific, "projectType", .code(.projectType), "项目类型", "Project type", kinds: projectKinds),
    .init(
      .specific, "projectNature", .code(.projectNature), "建设性质", "Nature of construction", kinds: projectKinds
    ),
    .init(
      .specific, "appliedDate", .date, "赋码日期", "Date of the code",
      kinds: projectKinds.union(CertificateKind.permits)),
    .init(.specific, "placeCode", .text, "建设地点代码", "Place code", kinds: projectKinds),
    .init(
      .specific, "place", .text, "建设地点", "Place of construction", mask: .address, kinds: projectKinds),
    .init(
      .specific, "scale", .text, "建设规模及内容", "Scale and content",
      kinds: projectKinds.union(CertificateKind.permits)),
    .init(
      .specific, "totalInvestment", .decimal(.tenThousandYuan), "总投资", "Total investment", kinds: projectKinds
    ),
    .init(.specific, "startYear", .text, "拟开工时间", "Planned start", kinds: projectKinds),
    .init(.specific, "endYear", .text, "拟建成时间", "Planned completion", kinds: projectKinds),
    .init(.specific, "contactName", .text, "联系人", "Contact", mask: .personName, kinds: projectKinds),
    .init(
      .specific, "contactPhone", .text, "联系人电话", "Contact's telephone", mask: .phone, kinds: projectKinds),
    .init(
      .specific, "principalName", .text, "项目负责人", "Person in charge", mask: .personName, kinds: projectKinds),
    .init(
      .specific, "principalPhone", .text, "项目负责人电话", "Telephone of the person in charge", mask: .phone,
      kinds: projectKinds),
    .init(.specific, "projectValid", .flag, "项目有效", "Project valid", kinds: projectKinds),
    .init(
      .specific, "parentProjectCode", .identifier(.projectCode), "主项目代码", "Code of the project it is part of",
      kinds: projectKinds),
    .init(
      .specific, "plannedCapacity", .decimal(.kilowatt), "拟用电容量", "Planned capacity", kinds: projectKinds),
  ]

  private static let permitKinds = CertificateKind.permits
  /// Permits and what may become one.
  private static let approvalKinds = CertificateKind.permits.union([.approvalCase])

  private static let permit: [FieldDefinition] = [
    .init(.specific, "item", .text, "审批事项", "Permit item", kinds: approvalKinds),
    .init(.specific, "itemCode", .text, "审批事项编码", "Permit item code", kinds: approvalKinds),
    .init(.specific, "caseNumber", .text, "办件编号", "Case number", kinds: approvalKinds),
    .init(.specific, "caseState", .text, "办件状态", "Case state", kinds: approvalKinds),
    .init(
      .specific, "caseProgress", .code(.approvalProgress), "办理进度", "Progress of the case",
      kinds: [.approvalCase]),
    .init(
      .specific, "decisionNumber", .text, "批复文号", "Decision number", kinds: approvalKinds.union(projectKinds)),
    .init(
      .specific, "decisionTitle", .text, "批文标题", "Decision title", kinds: approvalKinds.union(projectKinds)),
    .init(
      .specific, "decisionDate", .date, "批复日期", "Date of decision", kinds: approvalKinds.union(projectKinds)),
    .init(.specific, "excavationLength", .decimal(.metre), "挖掘长度", "Excavation length", kinds: [.roadPermit]),
    .init(
      .specific, "excavationArea", .decimal(.squareMetre), "挖掘面积", "Excavation area", kinds: [.roadPermit]),
    .init(
      .specific, "occupationArea", .decimal(.squareMetre), "占用面积", "Occupied area",
      kinds: [.roadPermit, .greeningPermit]),
    .init(.specific, "treeCount", .decimal(.count), "树木数量", "Number of trees", kinds: [.greeningPermit]),
  ]

  private static let qualification: [FieldDefinition] = [
    .init(
      .specific, "classes", .texts, "资质类别和等级", "Classes and levels",
      kinds: [.contractorLicence, .designLicence]),
    .init(
      .specific, "installationLevel", .code(.contractorLevel), "承装等级", "Installation level",
      kinds: [.contractorLicence]),
    .init(
      .specific, "repairLevel", .code(.contractorLevel), "承修等级", "Repair level", kinds: [.contractorLicence]),
    .init(
      .specific, "testingLevel", .code(.contractorLevel), "承试等级", "Testing level", kinds: [.contractorLicence]
    ),
    // 电力行业 送电工程, 变电工程.
    .init(
      .specific, "powerGrade", .code(.designGrade), "电力行业设计等级", "Grade for power lines and substations",
      kinds: [.designLicence]),
  ]
}
