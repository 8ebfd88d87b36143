public import Certificates
import Documents

/// A list of projects that was handed over as a table, where no platform tells of them: a line each, under headings that say
/// what stands below.
public struct ProjectTable: Sendable {
  /// The platform under whose name its projects are kept.
  public static let platform = "project-list"
  public static let mostRows = 100_000

  /// What may stand in a column.
  public enum Column: String, CaseIterable, Hashable, Sendable {
    case code = "项目代码"
    case name = "项目名称"
    case owner = "建设单位"
    case ownerCode = "统一社会信用代码"
    case representative = "法定代表人"
    case area = "行政区划代码"
    case place = "建设地点"
    case scale = "建设规模及内容"
    case industry = "所属行业"
    case start = "拟开工年份"
    case end = "拟建成年份"
    case parent = "主项目代码"
    case capacity = "拟用电容量(kW)"
    /// 有效 or 无效; without it a project is valid.
    case state = "项目状态"
  }

  /// Where something is wrong, and what. Never a value.
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let column: String
    public let message: String

    public var description: String { "line \(line), \(column): \(message)" }
  }

  public struct Entry: Hashable, Sendable {
    public let line: Int
    public let record: CertificateRecord
  }

  public let entries: [Entry]

  /// Reads all of it, or says all that is wrong with it.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 or GB 18030, as spreadsheets write it.
  ///   - ignored: headings that mean nothing here. Others that are not known are faults: a misspelt one would lose what stands below.
  /// - Throws: `DocumentError`, ``Unreadable``.
  public init(_ bytes: [UInt8], ignoring ignored: Set<String> = []) throws {
    let text: [UInt8]
    do { text = try Charset.utf8.decode(bytes) } catch { text = try Charset.gb18030.decode(bytes) }
    let rows = try CSVRows(parsing: text, most: Self.mostRows + 1).rows
    guard let head = rows.first, rows.count > 1 else {
      throw Unreadable(faults: [
        Fault(line: 1, column: "", message: "a line of headings and one for each project are needed")
      ])
    }
    var faults: [Fault] = []
    var columns: [Column?] = []
    for heading in head.fields.map(Self.tidied) {
      let column = Column.allCases.first { Self.tidied($0.rawValue) == heading }
      if let column, columns.contains(column) {
        faults.append(
          Fault(line: head.line, column: column.rawValue, message: "the heading stands there twice"))
      } else if column == nil, !heading.isEmpty, !ignored.map(Self.tidied).contains(heading) {
        let near = Suggestion.nearest(to: heading, in: Column.allCases.map(\.rawValue))
        faults.append(
          Fault(
            line: head.line, column: heading,
            message: "the heading is not known" + (near.map { "; did you mean '\($0)'?" } ?? "")))
      }
      columns.append(column)
    }
    if !columns.contains(.code) {
      faults.append(Fault(line: head.line, column: Column.code.rawValue, message: "the heading is needed"))
    }
    guard faults.isEmpty else { throw Unreadable(faults: faults) }
    var entries: [Entry] = []
    var lines: [String: Int] = [:]
    for row in rows.dropFirst() {
      guard row.fields.count <= columns.count else {
        faults.append(Fault(line: row.line, column: "", message: "there are more fields than headings"))
        continue
      }
      var reader = RowReader(line: row.line)
      for (column, field) in zip(columns, row.fields) {
        let value = Self.trimmed(field)
        if let column, !value.isEmpty { reader.values[column] = value }
      }
      let record = reader.record()
      faults += reader.faults
      guard let record, let code = record.number else { continue }
      if let first = lines[code] {
        faults.append(
          Fault(line: row.line, column: Column.code.rawValue, message: "is that of line \(first) once more"))
      }
      lines[code] = row.line
      entries.append(Entry(line: row.line, record: record))
    }
    guard faults.isEmpty else { throw Unreadable(faults: faults) }
    self.entries = entries
  }

  public struct Unreadable: Error, Sendable, CustomStringConvertible {
    public let faults: [Fault]
    public var description: String { faults.map(\.description).joined(separator: "\n") }
  }

  /// Headings with other brackets or blanks are the same.
  private static func tidied(_ text: String) -> String { Identifier.tidied(text) }

  private static func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
  }
}

/// One line as a record.
private struct RowReader {
  static let longestText = 2000

  let line: Int
  var values: [ProjectTable.Column: String] = [:]
  private(set) var faults: [ProjectTable.Fault] = []

  init(line: Int) { self.line = line }

  mutating func record() -> CertificateRecord? {
    for (column, value) in values where value.count > Self.longestText {
      fault(column, "is longer than \(Self.longestText) characters")
    }
    let code = identifier(.code, .projectCode, isNeeded: true)
    var record = CertificateRecord(kind: .projectRegistration)
    let isValid = isValid()
    record[.certificateName] = .text("投资项目登记")
    record[.state] = .text(isValid ? "01" : "05")
    record[.projectValid] = .flag(isValid)
    for (field, text) in [
      (Field.number, code), (.projectCode, code), (.areaCode, identifier(.area, .areaCode)),
      (.projectName, values[.name]), (.place, values[.place]), (.scale, values[.scale]),
      (.industryName, values[.industry]), (.startYear, values[.start]), (.endYear, values[.end]),
      (.legalRepresentative, values[.representative]),
      (.parentProjectCode, identifier(.parent, .projectCode)),
    ] {
      if let text { record[field] = .text(text) }
    }
    if let text = values[.capacity] {
      if let number = DecimalText.canonical(text), !number.hasPrefix("-") {
        record[.plannedCapacity] = .decimal(number)
      } else {
        fault(.capacity, "must be a number of kW")
      }
    }
    if let owner = owner() { record.holders = [owner] }
    return faults.isEmpty ? record : nil
  }

  private mutating func isValid() -> Bool {
    switch values[.state] {
    case nil, "有效": return true
    case "无效": return false
    default:
      fault(.state, "must be 有效 or 无效")
      return true
    }
  }

  private mutating func owner() -> FieldValues? {
    guard let name = values[.owner] else {
      if values[.ownerCode] != nil { fault(.owner, "is needed beside the code") }
      return nil
    }
    var owner = FieldValues()
    owner[.holderName] = .text(name)
    owner[.holderRole] = .text("developer")
    if let code = values[.ownerCode], CertificateRecord.isRegistrationNumber(code, of: name) {
      owner[.holderCode] = .text(Identifier.tidied(code))
      owner[.holderCodeType] = .text(HolderCodeType.otherLegalPerson.rawValue)
    } else if let code = values[.ownerCode] {
      // An individual may build, and then the list has a citizen number there.
      let kinds: [(IdentifierKind, HolderCodeType)] = [
        (.socialCreditCode, .socialCreditCode), (.citizenNumber, .citizenNumber),
      ]
      guard
        let (type, normal) = kinds.lazy.compactMap({ kind, type -> (HolderCodeType, String)? in
          let report = Identifier.inspect(kind, code)
          return report.isValid ? report.normal.map { (type, $0) } : nil
        }).first
      else {
        fault(.ownerCode, "is neither a social credit code nor a citizen number")
        return nil
      }
      owner[.holderCode] = .text(normal)
      owner[.holderCodeType] = .text(type.rawValue)
    }
    return owner
  }

  private mutating func identifier(
    _ column: ProjectTable.Column, _ kind: IdentifierKind, isNeeded: Bool = false
  ) -> String? {
    guard let text = values[column] else {
      if isNeeded { fault(column, "is needed") }
      return nil
    }
    let report = Identifier.inspect(kind, text)
    guard report.isValid, let normal = report.normal else {
      fault(column, report.reasons.first.map(\.message) ?? "cannot be read")
      return nil
    }
    return normal
  }

  private mutating func fault(_ column: ProjectTable.Column, _ message: String) {
    faults.append(ProjectTable.Fault(line: line, column: column.rawValue, message: message))
  }
}
