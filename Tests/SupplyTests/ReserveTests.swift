import Certificates
import Changes
import CivilTime
import Documents
import Registry
import SQLDatabase
import TestSupport
import Testing

@testable import Supply

/// Projects that are known by their codes before anybody applied.
@Suite struct ReserveTests {
  static let code = "2201-411523-04-01-123456"
  static let company = SupplyBench.company
  static let address = "河南省信阳市新县产业集聚区拟一路1号"

  static func project(
    _ code: String = code, of party: SupplyParty = company, name: String = "拟一茶叶加工项目",
    _ fields: [String: String] = [:]
  ) -> CertificateRecord {
    var record = SupplyBench.record(
      .projectRegistration,
      [
        "basic.number": code, "basic.areaCode": "411523", "specific.projectName": name,
        "specific.place": address,
      ].merging(fields) { $1 },
      holders: [
        [
          "name": party.name, "code": party.code ?? "", "codeType": party.isPerson ? "111" : "001",
          "role": "developer",
        ]
      ])
    if fields["specific.projectValid"] == nil { record[.projectValid] = .flag(true) }
    return record
  }

  static func permit(
    _ kind: CertificateKind, _ number: String, of code: String = code, state: String = "01"
  ) -> CertificateRecord {
    SupplyBench.record(
      kind, ["basic.number": number, "basic.issuerCode": "1141", "specific.projectCode": code], state: state)
  }

  private static func told(_ site: SupplySite) async throws -> [String] {
    try await site.feed.page(after: nil, kinds: [.projectReserved, .projectChanged], limit: 100).changes.map {
      let details = try JSONDocument(parsing: $0.details).root
      return
        "\($0.kind.rawValue) \($0.subject) \(details["stage"]?.string ?? "") \(details["permits"]?.integer ?? -1)"
    }
  }

  @Test func aCodeIsReservedOnceWhoeverTellsOfIt() async throws {
    let site = try await SupplySite()
    try await site.store([Self.project()])
    #expect(try await site.projects.catchUp() == 1)
    // Another platform writes the code without hyphens.
    try await site.store([Self.project(Self.code.replacing("-", with: ""))], platform: "city")
    try await site.store([Self.project()])
    #expect(try await site.projects.catchUp() == 0)
    let all = try await site.reserve.list()
    #expect(all.map(\.code) == [Self.code] && all[0].region == "411523" && all[0].stage == .registered)
    #expect(try await Self.told(site) == ["project.reserved project-1 registered 0"])
    #expect(try await site.reserve.project(code: "22014115230401123456") == all[0].id)
    #expect(try await site.reserve.project(code: SupplyBench.zhang.code ?? "") == nil)
    let content = try #require(try await site.reserve.detail(all[0].id).content)
    #expect(content.owners.map(\.name) == [Self.company.name] && content.place == Self.address)
    #expect(content.owners.map(\.isPerson) == [false])
    await site.close()
  }

  @Test func permitsBringItOnAndAnEndedRegistrationEndsIt() async throws {
    let site = try await SupplySite()
    // The permit is told of first: whose the project is nobody knows yet.
    try await site.store([Self.permit(.constructionPlanningPermit, "建字第1号")])
    #expect(try await site.projects.catchUp() == 0)
    try await site.store([Self.project()])
    #expect(try await site.projects.catchUp() == 1)
    try await site.store([Self.permit(.roadPermit, "路字第1号")])
    #expect(try await site.projects.catchUp() == 1)
    try await site.store([Self.permit(.roadPermit, "路字第1号", state: "03")])
    try await site.store([Self.permit(.constructionPlanningPermit, "建字第1号", state: "05")])
    #expect(try await site.projects.catchUp() == 1)
    try await site.store([Self.project(Self.code, ["specific.projectValid": "false"])])
    #expect(try await site.projects.catchUp() == 1)
    #expect(
      try await Self.told(site) == [
        "project.reserved project-1 permitted 1", "project.changed project-1 permitted 2",
        "project.changed project-1 registered 0", "project.changed project-1 withdrawn 0",
      ])
    let detail = try await site.reserve.detail(ReserveProjectID(rawValue: 1))
    #expect(detail.content?.approvals.map(\.holds) == [false, false] && detail.certificates.count == 3)
    await site.close()
  }

  /// A case of an approval platform, whatever becomes of it.
  static func approval(
    _ progress: ApprovalProgress, _ number: String = "SP1", of code: String = code
  ) -> CertificateRecord {
    SupplyBench.record(
      .approvalCase,
      [
        "basic.number": number, "specific.caseNumber": number, "specific.projectCode": code,
        "specific.item": "占用、挖掘城市道路审批", "specific.caseState": progress.title,
        "specific.caseProgress": progress.rawValue,
      ])
  }

  /// From the application to the permit, and another one that is refused.
  @Test func approvalsAreFollowedBeforeTheyAreGranted() async throws {
    let site = try await SupplySite()
    try await site.store([Self.project(), Self.approval(.received), Self.approval(.received, "SP2")])
    #expect(try await site.projects.catchUp() == 1)
    func project() async throws -> (project: ReserveProject, progress: [String]) {
      let detail = try await site.reserve.detail(ReserveProjectID(rawValue: 1))
      let approvals = detail.content?.approvals ?? []
      return (
        detail.project,
        approvals.map { $0.progress?.rawValue ?? ($0.holds ? "permit" : "no permit") }.sorted()
      )
    }
    var seen = try await project()
    #expect(
      seen.project.underWay == 2 && seen.project.stage == .registered
        && seen.progress == ["received", "received"])
    try await site.store([Self.approval(.underWay), Self.approval(.refused, "SP2")])
    #expect(try await site.projects.catchUp() == 1)
    seen = try await project()
    #expect(seen.project.underWay == 1 && seen.progress == ["refused", "under-way"])
    // The permit tells what became of its case.
    var permit = Self.permit(.roadPermit, "路字第1号")
    permit[.caseNumber] = .text("SP1")
    try await site.store([Self.approval(.granted), permit])
    #expect(try await site.projects.catchUp() == 1)
    seen = try await project()
    #expect(seen.project.underWay == 0 && seen.project.permits == 1 && seen.project.stage == .permitted)
    #expect(seen.progress == ["permit", "refused"])
    let told = try await site.feed.page(after: nil, kinds: [.projectReserved, .projectChanged], limit: 100)
      .changes
      .map { try JSONDocument(parsing: $0.details).root["underWay"]?.integer }
    #expect(told == [2, 1, 0])
    await site.close()
  }

  /// 电等客户: the list of the month knows the capacity, and the platform that is connected later knows what became of the project.
  @Test func aListDoesNotOverrideAPlatformAndFillsWhatItDoesNotTell() async throws {
    let site = try await SupplySite()
    try await site.store([Self.project(Self.code, ["specific.projectValid": "false"])])
    try await site.store(
      [Self.project(Self.code, ["specific.plannedCapacity": "400"])], platform: ProjectTable.platform)
    #expect(try await site.projects.catchUp() == 1)
    let project = try #require(try await site.reserve.list().first)
    #expect(project.stage == .withdrawn && project.capacity == "400")
    await site.close()
  }

  @Test func projectsThatAPersonJoinsBecomeOneApplication() async throws {
    let site = try await SupplySite()
    let (twin, third) = ("2202-411523-04-01-323456", "2203-411523-04-01-423456")
    try await site.store([Self.project(), Self.project(twin), Self.project(third, name: "拟三")])
    #expect(try await site.projects.catchUp() == 3)
    let ids = try await site.reserve.list().map(\.id).sorted()
    let (reserve, now) = (site.reserve, SupplyBench.moment)
    func join(_ one: Int, _ other: Int) async throws -> Bool {
      let (one, other) = (ids[one], ids[other])
      return try await site.database.write { try reserve.join(one, to: other, in: $0, now: now) }
    }
    #expect(try await join(1, 0))
    #expect(try await !join(1, 0))
    let (main, other) = (try await reserve.detail(ids[0]), try await reserve.detail(ids[1]))
    #expect(main.joined == [ids[1]] && main.alike == [] && other.alike == [])
    #expect(other.project.stage == .joined && other.project.joinedTo == ids[0])
    // Neither in a ring nor in a row, nor twice.
    for (one, other) in [(0, 1), (0, 0), (2, 1), (1, 2), (0, 2)] {
      await #expect { try await join(one, other) } throws: { ($0 as? ReserveError)?.code == .joined }
    }
    await #expect { try await site.conversion.convert(ids[1], .plain, for: nil, at: now) } throws: {
      ($0 as? ReserveError)?.code == .joined
    }
    // It follows its code all the same, and stays joined.
    try await site.store([Self.permit(.roadPermit, "路字第1号", of: twin)])
    #expect(try await site.projects.catchUp() == 1)
    #expect(try await reserve.detail(ids[1]).project.stage == .joined)
    let apart = ids[1]
    #expect(try await site.database.write { try reserve.separate(apart, in: $0, now: now) })
    #expect(try await !site.database.write { try reserve.separate(apart, in: $0, now: now) })
    let after = try await reserve.detail(ids[1])
    #expect(after.project.stage == .permitted && after.project.joinedTo == nil && after.alike == [ids[0]])
    await site.close()
  }

  @Test func partsAndProjectsThatAreAlikeAreNamed() async throws {
    let site = try await SupplySite()
    let (part, twin) = ("2201-411523-04-01-223456", "2202-411523-04-01-323456")
    try await site.store([
      Self.project(
        part, name: "拟一茶叶加工项目一期", ["specific.parentProjectCode": Self.code.replacing("-", with: "")]),
      Self.project(), Self.project(twin, name: "拟一 茶叶加工项目"),
    ])
    #expect(try await site.projects.catchUp() == 3)
    func detail(_ code: String) async throws -> ReserveDetail {
      try await site.reserve.detail(try #require(try await site.reserve.project(code: code)))
    }
    let (whole, piece, other) = (try await detail(Self.code), try await detail(part), try await detail(twin))
    #expect(whole.parts == [piece.project.id] && piece.parent == whole.project.id && whole.parent == nil)
    #expect(whole.alike == [other.project.id] && other.alike == [whole.project.id] && piece.alike == [])
    await site.close()
  }

  @Test func whatTheFeedDidNotTellIsGoneThrough() async throws {
    let site = try await SupplySite()
    // More than one portion.
    let codes = (0..<700).map { "2201-411523-04-01-\(100_000 + $0)" }
    try await site.store(codes.map { Self.project($0, name: "拟项目\($0)") } + [SupplyBench.identityCard])
    try await site.feed.prune(before: SupplyBench.moment.advanced(bySeconds: 86_400 * 36_500))
    #expect(try await site.projects.catchUp() == 700)
    try await site.store([Self.project()])
    try await site.feed.prune(before: SupplyBench.moment.advanced(bySeconds: 86_400 * 36_500))
    #expect(try await site.projects.catchUp() == 1)
    #expect(try await site.reserve.list(ReserveStore.Filter(limit: 1000)).count == 701)
    await site.close()
  }

  /// In whatever order certificates come, they amount to the same.
  @Test(arguments: 0..<20) func theOrderDoesNotMatter(_ seed: Int) async throws {
    let site = try await SupplySite()
    var records = [
      Self.project(), Self.permit(.constructionPlanningPermit, "建字第1号"), Self.permit(.roadPermit, "路字第1号"),
      Self.permit(.greeningPermit, "绿字第1号", state: "05"),
      Self.permit(.roadPermit, "路字第2号", of: "2201-411523-04-01-999999"),
    ]
    var random = SplitMix64(seed: UInt64(seed))
    records.shuffle(using: &random)
    for record in records {
      try await site.store([record])
      if Bool.random(using: &random) { try await site.projects.catchUp() }
    }
    try await site.projects.catchUp()
    let found = try await site.registry.certificates(matching: [LookupKey(.projectCode, Self.code)])
    let sketch = try #require(ReserveSketch(Self.code, found))
    #expect(ReserveSketch(Self.code, found.shuffled(using: &random)) == sketch)
    let project = try #require(try await site.reserve.list().first)
    #expect(
      project.permits == 2, "\(found.map { ($0.record.kind, $0.record.standing(on: SupplyBench.day)) })")
    #expect(project.stage == .permitted)
    #expect(try await site.reserve.detail(project.id).content == sketch.content)
    await site.close()
  }

  @Test func nothingOfTheOwnerLiesOpen() async throws {
    let site = try await SupplySite()
    try await site.store([Self.project(of: SupplyBench.zhang, name: "张三茶园")])
    try await site.projects.catchUp()
    let cells = try await site.database.read { reader in
      try reader.query("SELECT * FROM reserve_project") { row in
        (0..<16).map { row.isNull($0) ? "" : String(decoding: row.blob($0), as: UTF8.self) }.joined(
          separator: "|")
      }
    }
    let changes = try await site.feed.page(after: nil, kinds: Set(ChangeKind.allCases), limit: 100).changes
      .map { "\($0.subject) \(String(decoding: $0.details, as: UTF8.self))" }
    #expect(cells.count == 1)
    for secret in ["张三", SupplyBench.zhang.code ?? "-", "拟一路"] {
      #expect(!(cells + changes).contains { $0.contains(secret) })
    }
    let id = ReserveProjectID(rawValue: 1)
    let (reserve, moment) = (site.reserve, SupplyBench.moment)
    #expect(try await site.database.write { try reserve.erase(id, in: $0, now: moment) })
    #expect(try await !site.database.write { try reserve.erase(id, in: $0, now: moment) })
    // What a platform says next does not bring it back.
    try await site.store([Self.project(of: SupplyBench.zhang, name: "张三茶园二")])
    #expect(try await site.projects.catchUp() == 0)
    let detail = try await reserve.detail(id)
    #expect(detail.content == nil && detail.project.isErased)
    await #expect { try await site.conversion.convert(id, .plain, for: nil, at: moment) } throws: {
      ($0 as? ReserveError)?.code == .erased
    }
    await site.close()
  }
}
