/// The fields that every kind has. Standard names after GB/T 36903.
extension FieldSchema {
  static let basic: [FieldDefinition] = [
    .init(
      .basic, "identifier", .identifier(.certificateIdentifier), "证照标识", "Certificate identifier",
      standard: "ZZBS", mask: .number),
    .init(.basic, "number", .text, "证照编号", "Certificate number", standard: "ZZBH", mask: .number),
    .init(.basic, "name", .text, "证照名称", "Certificate name", standard: "ZZMC"),
    .init(.basic, "typeCode", .text, "证照类型代码", "Certificate type code", standard: "ZZLXDM"),
    .init(.basic, "category", .code(.certificateCategory), "证照类别", "Certificate category"),
    .init(.basic, "issuerName", .text, "证照颁发机构", "Issuing authority", standard: "ZZBFJG"),
    .init(.basic, "issuerCode", .text, "证照颁发机构代码", "Issuing authority code", standard: "ZZBFJGDM"),
    .init(.basic, "issuedDate", .date, "证照颁发日期", "Date of issue", standard: "ZZBFRQ"),
    .init(.basic, "validFrom", .date, "证照有效期起始日期", "Valid from", standard: "ZZYXQQSRQ"),
    .init(.basic, "validTo", .date, "证照有效期截止日期", "Valid to (this day included)", standard: "ZZYXQJZRQ"),
    .init(.basic, "longTerm", .flag, "长期有效", "Valid without end"),
    .init(.basic, "areaCode", .identifier(.areaCode), "行政区划代码", "Area code"),
    .init(.basic, "state", .code(.certificateState), "证照状态", "Certificate state"),
    .init(.basic, "stateText", .text, "证照状态(来源表述)", "State in the platform's own words"),
    .init(.basic, "version", .text, "证照版本", "Certificate version"),
    .init(.basic, "remark", .text, "备注", "Remark", mask: .hidden),
  ]

  static let holder: [FieldDefinition] = [
    .init(.holder, "name", .text, "持证主体", "Holder name", standard: "CZZT", mask: .holderName),
    .init(.holder, "code", .text, "持证主体代码", "Holder code", standard: "CZZTDM", mask: .holderCode),
    .init(
      .holder, "codeType", .code(.holderCodeType), "持证主体代码类型", "Holder code type", standard: "CZZTDMLX"),
    .init(.holder, "role", .code(.holderRole), "角色", "Role"),
    .init(.holder, "holderType", .code(.rightHolderType), "权利人类型", "Kind of right holder", standard: "QLRLX"),
    .init(
      .holder, "documentType", .code(.identityDocumentType), "证件种类", "Identity document", standard: "ZJZL"),
    .init(.holder, "share", .text, "权利比例", "Share", standard: "QLBL"),
    .init(
      .holder, "ownershipForm", .code(.ownershipForm), "共有方式", "Form of ownership", standard: "GYFS"),
    .init(.holder, "nationality", .text, "国家/地区", "Nationality", standard: "GJ"),
    .init(.holder, "phone", .text, "电话", "Telephone", standard: "DH", mask: .phone),
    .init(.holder, "address", .text, "地址", "Address", standard: "DZ", mask: .address),
  ]

  static let management: [FieldDefinition] = [
    .init(.management, "sourceSystem", .text, "来源系统", "Source system"),
    .init(.management, "sourceRecordID", .text, "来源记录号", "Source record", mask: .number),
    .init(.management, "sourceCreatedAt", .timestamp, "来源创建时间", "Created at the source"),
    .init(.management, "sourceUpdatedAt", .timestamp, "来源更新时间", "Updated at the source"),
    .init(.management, "sourceDeleted", .flag, "来源已删除", "Deleted at the source"),
    .init(.management, "verification", .code(.verification), "核验方式", "Verification"),
    .init(.management, "version", .text, "来源版本", "Version at the source"),
    .init(.management, "fileReference", .text, "证照文件", "Certificate file", mask: .hidden),
  ]
}
