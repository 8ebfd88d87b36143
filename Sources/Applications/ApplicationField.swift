/// One line of the schema of applications.
public struct ApplicationField: Hashable, Sendable {
  /// What a field holds, and so which ``ApplicationValue`` it accepts.
  public indirect enum FieldType: Hashable, Sendable {
    case text
    /// One of these words.
    case code([String])
    case date
    /// A number in its written form without superfluous zeros, in the unit: m, kW, ㎡, 个, B.
    case amount(unit: String)
    case flag
    /// Fields that belong together.
    case group([ApplicationField])
    /// Any number of such groups, in order.
    case list([ApplicationField])
  }

  public let name: String
  public let type: FieldType
  /// What people see, in Chinese.
  public let title: String
  public let isRequired: Bool

  init(_ name: String, _ type: FieldType, _ title: String, required isRequired: Bool = false) {
    self.name = name
    self.type = type
    self.title = title
    self.isRequired = isRequired
  }

  /// The fields inside a group or list; none of a single value.
  public var fields: [ApplicationField] {
    switch type {
    case .group(let fields), .list(let fields): fields
    default: []
    }
  }

  public var isList: Bool {
    if case .list = type { true } else { false }
  }
}

extension [ApplicationField] {
  public subscript(name: String) -> ApplicationField? { first { $0.name == name } }

  /// The paths of all single values, those inside groups included; lists by their own name: `applicant.name`, `attachments`.
  public var paths: [String] {
    flatMap { field in
      if case .group(let fields) = field.type { return fields.paths.map { "\(field.name).\($0)" } }
      return [field.name]
    }
  }

  /// The field at such a path.
  public func field(at path: String) -> ApplicationField? {
    guard let dot = path.firstIndex(of: ".") else { return self[path] }
    guard case .group(let fields)? = self[String(path[..<dot])]?.type else { return nil }
    return fields.field(at: String(path[path.index(after: dot)...]))
  }
}

extension ApplicationField {
  /// The kinds of codes of the bodies and people that apply, GB/T 36903.
  static let codeTypes = ["001", "099", "111", "411", "511", "516", "999"]

  static let permitApplication: [ApplicationField] = [
    .init("applicationNumber", .text, "申请编号", required: true),
    .init("projectCode", .text, "项目代码"),
    .init("projectName", .text, "项目名称", required: true),
    .init("itemCode", .code(PermitItem.allCases.map(\.rawValue)), "审批事项", required: true),
    .init(
      "applicant",
      .group([
        .init("name", .text, "申请人", required: true),
        .init("code", .text, "申请人证件号码", required: true),
        .init("codeType", .code(codeTypes), "申请人证件类型", required: true),
      ]), "申请人", required: true),
    .init(
      "agent",
      .group([
        .init("name", .text, "经办人", required: true),
        .init("idNumber", .text, "经办人证件号码"),
        .init("phone", .text, "经办人联系电话", required: true),
      ]), "经办人"),
    .init("constructionUnit", .text, "施工单位"),
    .init("location", .text, "工程位置", required: true),
    .init("areaCode", .text, "行政区划代码", required: true),
    .init("startDate", .date, "开工日期"),
    .init("endDate", .date, "竣工日期"),
    .init("lineLength", .amount(unit: "m"), "线路长度"),
    .init("voltage", .amount(unit: "kV"), "电压等级"),
    .init("capacity", .amount(unit: "kW"), "用电容量"),
    .init("occupiedArea", .amount(unit: "㎡"), "占用面积"),
    .init("diggingLength", .amount(unit: "m"), "挖掘长度"),
    .init("greenArea", .amount(unit: "㎡"), "占用绿地面积"),
    .init("trees", .amount(unit: "个"), "砍伐、迁移树木株数"),
    // 告知承诺: the window decides on the promise and looks afterwards.
    .init("promise", .flag, "告知承诺", required: true),
    .init("remarks", .text, "备注"),
    .init(
      "attachments",
      .list([
        .init("name", .text, "文件名", required: true),
        .init("kind", .text, "材料代码", required: true),
        .init("mediaType", .text, "文件类型", required: true),
        .init("size", .amount(unit: "B"), "文件大小", required: true),
        .init("sm3", .text, "文件摘要", required: true),
      ]), "申请材料"),
  ]

  static let dataObjection: [ApplicationField] = [
    .init("platform", .text, "数据来源平台", required: true),
    .init("certificateNumber", .text, "证照编号", required: true),
    .init("certificateKind", .text, "证照类型", required: true),
    .init("field", .text, "异议数据项", required: true),
    .init("observed", .text, "现有数据"),
    .init("expected", .text, "应为数据"),
    .init("grounds", .text, "异议理由", required: true),
    .init(
      "contact",
      .group([
        .init("name", .text, "联系人", required: true),
        .init("phone", .text, "联系电话", required: true),
      ]), "联系人"),
  ]
}
