import Access
import Certificates
import CivilTime
import Documents
import Exchanges
import Gateway
import HTTPService
import Registry
import Supply
import Testing

@testable import GatewayAPI

/// The reserve as systems ask for it.
@Suite struct ProjectRouteTests {
  private static let code = "2201-110000-04-01-123456"

  private static func project(of holder: FieldValues) -> CertificateRecord {
    var record = CertificateRecord(kind: .projectRegistration)
    record[.number] = .text(code)
    record[.areaCode] = .text("110000")
    record[.state] = .text("01")
    record[.projectName] = .text("\(holder.text(.holderName) ?? "")项目")
    record[.place] = .text(Person.street)
    record.holders = [holder]
    return record
  }

  private static func bench(of holder: FieldValues) async throws -> GatewayBench {
    let bench = try await GatewayBench()
    try await bench.store([project(of: holder)])
    let store = ReserveStore(
      database: bench.gateway.database, keys: bench.gateway.registryKeys, changes: bench.gateway.changes)
    #expect(try await ReserveWatch(store, bench.gateway.registry).catchUp() == 1)
    return bench
  }

  private static var company: FieldValues {
    var holder = Person.holder(name: Person.company, code: Person.companyCode)
    holder[.holderCodeType] = .text("001")
    return holder
  }

  @Test func projectsAreListedFoundAndShown() async throws {
    let bench = try await Self.bench(of: Person.holder())
    let list = try await bench.send(bench.request("GET", "/v1/projects", query: "stage=registered&region=11"))
    #expect(list.status == 200 && list.leaks == [], "\(list.text)")
    #expect(try list.text("$.projects[0].code") == Self.code)
    #expect(try list["$.next"]?.isNull == true)
    for query in ["region=12", "stage=converted", "after=1"] {
      let none = try await bench.send(bench.request("GET", "/v1/projects", query: query))
      #expect(try none["$.projects"]?.count == 0)
    }
    for query in ["region=x", "stage=done", "limit=0", "code=\(Self.code)"] {
      #expect(
        try await bench.send(bench.request("GET", "/v1/projects", query: query)).code == "query-invalid")
    }
    let found = try await bench.send(
      bench.request("POST", "/v1/projects:find", body: #"{"projectCode": "22011100000401123456"}"#))
    let shown = try await bench.send(bench.request("GET", "/v1/projects/1"))
    #expect(found.status == 200 && found.text == shown.text, "\(found.text)")
    // A person's: neither name, code, street nor what is called after them.
    #expect(shown.leaks == [] && !shown.text.contains("慕容雪"), "\(shown.text)")
    #expect(try shown.text("$.owners[0].type") == "person")
    for path in ["/v1/projects/2", "/v1/projects/x"] {
      #expect(try await bench.send(bench.request("GET", path)).code == "project-not-found")
    }
    let looks = try await bench.accesses().map(\.entry)
    #expect(looks.map(\.action) == [.findProject, .readProject, .readProject, .readProject])
    #expect(looks.map(\.outcome) == [.answered, .answered, .notFound, .notFound])
    #expect(looks[0].certificates.count == 1 && looks[0].item == "project-1")
    #expect(!bench.log.contains(Self.code) && !bench.log.contains(Person.name))
    let narrow = try await bench.send(
      bench.request("GET", "/v1/projects", key: GatewayBench.operationsKey))
    #expect(narrow.code == "scope-missing")
    await bench.close()
  }

  /// Fifteen digits of before 1999 are a citizen number as well, whoever is said to have them.
  @Test(arguments: ["099", nil]) func aCitizenNumberIsShownToNobody(_ type: String?) async throws {
    let old = "330106000123458"
    var holder = Person.holder(name: "新县茶叶有限公司", code: old)
    holder[.holderCodeType] = type.map { .text($0) }
    let bench = try await Self.bench(of: holder)
    let shown = try await bench.send(bench.request("GET", "/v1/projects/1"))
    #expect(
      try shown.text("$.owners[0].type") == "organisation"
        && shown.text("$.owners[0].code") == "3301*******3458")
    #expect(!shown.text.contains(old))
    #expect(Self.project(of: holder).masked().record.holders[0].text(.holderCode) == "3301*******3458")
    await bench.close()
  }

  @Test func aProjectBecomesOneApplication() async throws {
    let bench = try await Self.bench(of: Self.company)
    func convert(_ body: String?) async throws -> Reply {
      try await bench.send(bench.request("POST", "/v1/projects/1:convert", body: body))
    }
    let unfit = try await convert(#"{"facts": {"volts": 1}, "number": "a b"}"#)
    #expect(unfit.status == 400 && unfit.code == "body-invalid")
    let pointers = unfit.document?.root["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    #expect(Set(pointers) == ["/facts", "/number"])
    let first = try await convert(#"{"number": "GD-7", "facts": {"voltage": 0.22}}"#)
    #expect(first.status == 200 && first.leaks == [], "\(first.text)")
    #expect(try first.text("$.statement.number") == "GD-7")
    let again = try await convert(nil)
    #expect(again.text == first.text)
    let shown = try await bench.send(bench.request("GET", "/v1/projects/1"))
    #expect(try shown.text("$.stage") == "converted" && shown["$.application"]?.integer == 1)
    #expect(try shown.text("$.owners[0].name") == Person.company)
    let verdict = try await bench.send(bench.request("GET", "/v1/supply-applications/1"))
    #expect(verdict.text == first.text)
    let looks = try await bench.accesses().map(\.entry).filter { $0.action == .convertProject }
    #expect(looks.map(\.outcome) == [.invalid, .answered, .answered])
    let told = try await bench.send(
      bench.request("GET", "/v1/changes", query: "kinds=project.reserved,project.changed"))
    #expect(try told["$.changes"]?.count == 2 && told.text("$.changes[1].details.stage") == "converted")
    await bench.close()
  }
}
