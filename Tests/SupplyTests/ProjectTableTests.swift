import Certificates
import CivilTime
import Documents
import Exchanges
import Journal
import Policies
import Registry
@testable import Supply
import Synchronization
import Testing

/// Lists of projects that are handed over as tables.
@Suite struct ProjectTableTests {
  static let table = """
    序号,项目代码,项目名称,建设单位,统一社会信用代码,建设地点,行政区划代码,拟用电容量（kW）,主项目代码
    1,2201-411523-04-01-123456,"拟一""茶叶""加工,一期",新县光明（茶业）有限公司,91411523MA3X8L9K7E,"新县
    拟一路1号",411523,400,
    2,22014115230401223456,拟二项目,,,拟二路2号,,,2201-411523-04-01-123456

    """

  private static func faults(_ text: String, ignoring: Set<String> = ["序号"]) -> [String] {
    do {
      _ = try ProjectTable(Array(text.utf8), ignoring: ignoring)
      return []
    } catch let error as ProjectTable.Unreadable {
      return error.faults.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: [false, true]) func aTableIsReadInEitherCharset(_ isGB: Bool) throws {
    let bytes =
      isGB ? try Charset.gb18030.encode(Array(Self.table.utf8)) : [0xEF, 0xBB, 0xBF] + Array(Self.table.utf8)
    let table = try ProjectTable(bytes, ignoring: ["序号"])
    #expect(table.entries.map(\.line) == [2, 4])
    let first = table.entries[0].record
    #expect(first.number == "2201-411523-04-01-123456" && first.projectCode == first.number)
    #expect(first.specific.text(.projectName) == "拟一\"茶叶\"加工,一期")
    #expect(first.specific.text(.place) == "新县\n拟一路1号" && first.specific.text(.plannedCapacity) == "400")
    #expect(first.holders.map { $0.text(.holderCodeType) } == ["001"])
    let second = table.entries[1].record
    #expect(second.number == "2201-411523-04-01-223456" && second.holders.isEmpty)
    #expect(second.specific.text(.parentProjectCode) == first.number)
  }

  /// 注册号 of before 2015, which has fifteen digits as the old citizen number has.
  @Test func theOldNumberOfACompanyIsNoCitizens() throws {
    let table = try ProjectTable(
      Array(
        """
        项目代码,建设单位,统一社会信用代码
        2201-411523-04-01-123456,新县光明（茶业）有限公司,330106000123458
        2201-411523-04-01-223456,李四,330106000123458

        """.utf8))
    let owners = table.entries.compactMap(\.record.holders.first)
    #expect(owners.map { $0.text(.holderCodeType) } == ["099", "111"])
    #expect(owners.map { CertificateRecord.isOrganisation($0) } == [true, false])
    #expect(owners[0].text(.holderCode) == "330106000123458")
    // What is mostly one man's may have its owner's citizen number there.
    let trades = try ProjectTable(
      Array(
        """
        项目代码,建设单位,统一社会信用代码
        2201-411523-04-01-123456,新县张三茶叶经营部,330106000123458
        2201-411523-04-01-223456,新县张三茶叶商行,330106009923458

        """.utf8)
    ).entries.compactMap(\.record.holders.first)
    #expect(trades.map { $0.text(.holderCodeType) } == ["111", "099"])
    // It is the company's, by its name.
    let supply = try SupplyBench.supply(
      "330100",
      #""voltage": 10, "capacity": 630, "customer": "other", "business": "new", "stage": "application""#,
      by: SupplyBench.company,
      at: SupplyPlace(address: SupplyBench.place.address, projectCode: "2201-411523-04-01-123456"))
    let verdict = try SupplyBench.verdict(supply, [SupplyBench.known(1, table.entries[0].record)])
    #expect(verdict.verdict(.project)?.state.word == "certificate")
  }

  /// A company that has nothing but its old number is no person: its project counts, and no deed that a platform does not call its own.
  @Test func aCompanyWithAnOldNumberNeedsNobodysLeave() async throws {
    let old = "330106000123458"
    let asked = Mutex(0)
    let site = try await SupplySite { _ in
      [
        SupplyQuery(platform: "city", operation: "deeds", kinds: [.propertyDeed], needs: [.holderCode]) { _ in
          asked.withLock { $0 += 1 }
          return .failed(code: "x", exchange: nil)
        }
      ]
    }
    let bytes = Array(
      """
      项目代码,项目名称,建设单位,统一社会信用代码,建设地点,行政区划代码
      2201-411523-04-01-123456,拟一,新县光明（茶业）有限公司,\(old),\(SupplyBench.place.address),411523

      """.utf8)
    let listing = ProjectListing(site.registry, site.journal, site.database)
    _ = try await listing.store(
      try ProjectTable(bytes), bytes, requestID: "cli-1", at: SupplyBench.moment)
    #expect(try await site.projects.catchUp() == 1)
    let owner = try await site.reserve.detail(ReserveProjectID(rawValue: 1)).content?.owners.first
    #expect(owner?.isPerson == false)
    func states(_ name: String, holder: [String: String]) async throws -> [String?] {
      try await site.store([
        SupplyBench.record(
          .propertyDeed,
          ["basic.number": "豫(2021)新县不动产权第0001234号", "specific.location": SupplyBench.place.address],
          holders: [holder])
      ])
      let supply = try SupplyBench.supply(
        "330100",
        #""voltage": 10, "capacity": 630, "customer": "other", "business": "new", "stage": "application""#,
        by: SupplyParty(isPerson: false, name: name, code: old),
        at: SupplyPlace(address: SupplyBench.place.address, projectCode: "2201-411523-04-01-123456"))
      let answer = try await site.desk.judge(
        supply, for: SupplyAsker(purpose: "supply", operator: "拟", requestID: "r"), at: SupplyBench.moment)
      return [.property, .project].map { answer.verdict.verdict($0)?.state.word }
    }
    let company = "新县光明（茶业）有限公司"
    #expect(
      try await states(company, holder: ["name": company, "code": old]) == ["certificate", "certificate"])
    // By what the form calls itself no person's papers are opened, nor asked for by what may be a person's number.
    let person = try await states(company, holder: ["name": "李四", "code": old])
    #expect(person == ["missing", "certificate"])
    #expect(
      try await states(company, holder: ["name": "李四", "code": old, "codeType": "111"]) == [
        "missing", "certificate",
      ])
    #expect(try await states("李四", holder: ["name": "李四", "code": old]) == ["missing", "missing"])
    #expect(asked.withLock { $0 } == 0)
    await site.close()
  }

  @Test func everythingThatIsWrongIsSaidAndNoValue() {
    #expect(Self.faults(Self.table, ignoring: []) == ["line 1, 序号: the heading is not known"])
    #expect(Self.faults("项目代码\n").count == 1)
    #expect(
      Self.faults("项目代玛,项目名称,项目名称\nx,y,z\n") == [
        "line 1, 项目代玛: the heading is not known; did you mean '项目代码'?",
        "line 1, 项目名称: the heading stands there twice", "line 1, 项目代码: the heading is needed",
      ])
    let faults = Self.faults(
      """
      项目代码,建设单位,统一社会信用代码,拟用电容量(kW),项目状态
      2201-411523-04-01-123456,拟公司,11010519491231002X,4x,作废
      ,拟公司
      2201-411523-04-01-123457,,91411523MA3X8L9K7E
      2201-411523-04-01-123458,拟公司,12345
      2201-411523-04-01-123459,a,,,,b
      2201-411523-04-01-123460
      22014115230401123460
      """)
    #expect(
      faults.map { String($0.prefix { $0 != ":" }) } == [
        "line 2, 项目状态", "line 2, 拟用电容量(kW)", "line 3, 项目代码", "line 4, 建设单位", "line 5, 统一社会信用代码", "line 6, ",
        "line 8, 项目代码",
      ])
    for secret in ["11010519491231002X", "12345:", "拟公司", "4x"] { #expect(!faults.joined().contains(secret)) }
    #expect(Self.faults("项目代码\n\"2201").first?.contains("a quote is not closed") == true)
    #expect(Self.faults("项目代码\n22\"01\n").first?.contains("in the middle") == true)
  }

  @Test func aListIsJournaledAndMakesProjectsOnce() async throws {
    let site = try await SupplySite()
    let bytes = Array(Self.table.utf8)
    let table = try ProjectTable(bytes, ignoring: ["序号"])
    let listing = ProjectListing(site.registry, site.journal, site.database)
    let first = try await listing.store(table, bytes, requestID: "cli-1", at: SupplyBench.moment)
    #expect(first.counts.new == 2)
    #expect(try await site.projects.catchUp() == 2)
    let kept = try await site.journal.exchange(first.exchange)
    #expect(kept.requestBody == bytes && kept.platform == "project-list")
    let later = SupplyBench.moment.advanced(bySeconds: 60)
    let again = try await listing.store(table, bytes, requestID: "cli-2", at: later)
    #expect(again.counts.new == 0 && again.counts.changed == 0 && again.counts.unchanged == 2)
    #expect(try await site.projects.catchUp() == 0)
    let projects = try await site.reserve.list()
    #expect(
      projects.map(\.capacity) == [nil, "400"]
        && projects.map(\.parentCode) == ["2201-411523-04-01-123456", nil])
    await site.close()
  }
}
