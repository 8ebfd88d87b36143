import Authorisations
import Certificates
import CivilTime
import Documents
import Foundation
import Policies
import Registry
import Supply
import Testing

/// Applications, certificates and the policies of the repository, for verdicts.
enum SupplyBench {
  static let moment = Timestamp(milliseconds: 1_646_100_000_000)  // 2022-03-01 in China
  static let day = moment.civil(offsetSeconds: UTCOffset.china).date
  static let zhang = SupplyParty(isPerson: true, name: "张三", code: "11010519491231002X")
  static let company = SupplyParty(
    isPerson: false, name: "新县光明（茶业）有限公司", code: "91411523MA3X8L9K7C", formerNames: ["新县光明茶厂"],
    representative: SupplyParty.Representative(name: "李四", code: "440524188001010014"))
  static let builder = SupplyParty(isPerson: false, name: "信阳电力安装有限公司", code: "914115000000000001")
  static let planner = SupplyParty(isPerson: false, name: "信阳电力设计有限公司", code: "914115000000000002")
  static let place = SupplyPlace(address: "河南省信阳市新县新集镇将军路12号3幢2单元301室")
  static let consent = SupplyAuthorisation(means: .counter, given: moment.advanced(byMilliseconds: -1000))

  static let library: PolicyLibrary = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let diagnostics = Diagnostics()
    let names = ["national", "henan", "xinxian", "chongqing", "changzhou", "hangzhou"]
    let library = PolicyLibrary(
      names.map { name in
        let file = root.appending(path: "Adapters/\(name)/policy.yaml")
        return PolicyLibrary.Source(
          name: name, file: file.path, bytes: Array((try? Data(contentsOf: file)) ?? Data()))
      }, diagnostics)
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return library
  }()

  static func facts(_ json: String) throws -> Facts {
    try Facts(decoding: JSONDocument(parsing: Array("{\(json)}".utf8)).root)
  }

  static func supply(
    _ region: String, _ facts: String, by applicant: SupplyParty, at place: SupplyPlace = place,
    designer: SupplyParty? = nil, contractor: SupplyParty? = nil, materials: [SupplyMaterial] = [],
    authorised: SupplyAuthorisation? = nil
  ) throws -> SupplyCase {
    SupplyCase(
      region: region, day: day, facts: try Self.facts(facts), applicant: applicant, place: place,
      designer: designer, contractor: contractor, materials: materials,
      authorisations: [authorised].compactMap(\.self))
  }

  static func verdict(
    _ supply: SupplyCase, _ certificates: [KnownCertificate] = [],
    reach: [CertificateKind: SupplyReach] = everywhere, possible: Set<CertificateKind> = [],
    at moment: Timestamp = SupplyBench.moment
  ) throws -> Verdict {
    Verdict(
      supply, try terms(supply),
      SupplyKnowledge(certificates: certificates, reach: reach, possible: possible), at: moment)
  }

  static func terms(_ supply: SupplyCase) throws -> SupplyTerms {
    try #require(library.supply(forRegion: supply.region, supply.facts, on: supply.day))
  }

  /// Platforms tell of everything, and answer.
  static let everywhere = Dictionary(
    uniqueKeysWithValues: CertificateKind.allCases.map { ($0, current) })
  static let current = SupplyReach([SupplyReach.Source(platform: "data", told: moment)])
  static let failing = SupplyReach([SupplyReach.Source(platform: "data", told: moment, isFailing: true)])
  static let down = Dictionary(
    uniqueKeysWithValues: CertificateKind.allCases.map { ($0, failing) })

  static func id(_ number: Int) -> CertificateID {
    let digits = String(number)
    return CertificateID(rawValue: "crt-" + String(repeating: "0", count: 20 - digits.utf8.count) + digits)!
  }

  static func known(
    _ number: Int, _ record: CertificateRecord, seen: Timestamp = moment.advanced(byMilliseconds: -3_600_000),
    stale: Bool = false, origin: KnownCertificate.Origin = .registry
  ) -> KnownCertificate {
    KnownCertificate(
      id: id(number), record: record, version: 1, platform: "data", seen: seen,
      staleSince: stale ? seen : nil, exchange: Int64(number), origin: origin)
  }

  static func record(
    _ kind: CertificateKind, _ fields: [String: String], holders: [[String: String]] = [],
    state: String = "01"
  ) -> CertificateRecord {
    var record = CertificateRecord(kind: kind)
    record[.state] = .text(state)
    for (path, text) in fields {
      let field = FieldSchema.field(path: path, kind: kind)!
      record[field] = value(text, field)
    }
    record.holders = holders.map { given in
      var holder = FieldValues()
      for (name, text) in given {
        let field = FieldSchema.field(.holder, name, kind: kind)!
        holder[field] = value(text, field)
      }
      return holder
    }
    return record
  }

  private static func value(_ text: String, _ field: Field) -> FieldValue {
    switch field.type {
    case .date: .date(CivilDate(iso: text)!)
    case .flag: .flag(text == "true")
    case .decimal: .decimal(text)
    case .texts: .texts(text.split(separator: ";").map(String.init))
    default: .text(text)
    }
  }

  static let identityCard = record(
    .identityCard, ["basic.number": "11010519491231002X"],
    holders: [["name": "张三", "code": "11010519491231002X"]])
  static let licence = record(
    .businessLicence, ["basic.number": "91411523MA3X8L9K7C"],
    holders: [["name": "新县光明(茶业)有限公司", "code": "91411523MA3X8L9K7C"]])

  static func deed(
    of party: SupplyParty, _ fields: [String: String] = [:], location: String = place.address,
    state: String = "01"
  ) -> CertificateRecord {
    var holder = ["name": party.name]
    if let code = party.code { holder["code"] = code }
    var all = ["basic.number": "豫(2021)新县不动产权第0001234号", "specific.location": location]
    all.merge(fields) { _, new in new }
    return record(.propertyDeed, all, holders: [holder], state: state)
  }

  static func project(of party: SupplyParty, code: String = "2201-411523-04-01-123456") -> CertificateRecord {
    record(
      .projectRegistration, ["basic.number": code, "specific.projectValid": "true"],
      holders: [["name": party.name, "code": party.code ?? "", "role": "developer"]])
  }

  static func planningPermit(of party: SupplyParty, project code: String) -> CertificateRecord {
    record(
      .constructionPlanningPermit, ["basic.number": "建字第500103202200001号", "specific.projectCode": code],
      holders: [["name": party.name, "code": party.code ?? ""]])
  }

  static let contractorLicence = contractorLicence(["specific.installationLevel": "4"])

  /// - Parameter levels: what it says of them.
  static func contractorLicence(_ levels: [String: String]) -> CertificateRecord {
    record(
      .contractorLicence,
      ["basic.number": "4-1-00123-2006", "basic.validTo": "2027-01-01"].merging(levels) { $1 },
      holders: [["name": "信阳电力安装有限公司", "code": "914115000000000001"]])
  }

  static let designLicence = designLicence(["specific.powerGrade": "B"])

  /// - Parameter classes: what it says of them.
  static func designLicence(_ classes: [String: String]) -> CertificateRecord {
    record(
      .designLicence, ["basic.number": "A291000123", "basic.validTo": "2026-05-24"].merging(classes) { $1 },
      holders: [["name": planner.name, "code": planner.code ?? ""]])
  }

  static func material(
    _ code: String, earlier: String? = nil, validTo: String? = nil, kept: SupplyMaterial.Kept? = nil
  ) -> SupplyMaterial {
    SupplyMaterial(
      code: code, earlier: earlier.flatMap { CivilDate(iso: $0) },
      validTo: validTo.flatMap { CivilDate(iso: $0) },
      sm3: String(repeating: "ab", count: 32), kept: kept)
  }
}
