import Applications
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Permits
import Registry
import SQLDatabase
import Testing

@Suite struct PermitFormTests {
  private static let code = "2101-320411-89-01-123454"
  private static let today = CivilDate(iso: "2026-08-03")!

  private static func form(_ members: String) throws -> JSONValue {
    try JSONDocument(parsing: Array("{\(members)}".utf8)).root
  }

  @Test func aProjectStandsForWhatTheApplicationLeavesOut() async throws {
    let bench = try await PermitBench()
    try await bench.tell(project: Self.code, isValid: true)
    let desk = bench.desk
    let form = try Self.form(
      """
      "number": "GD-1", "project": "21013204118901123454",
      "application": {"kind": "permit-application", "projectName": "新建厂房二期"}
      """)
    let request = try await desk.read(form, today: Self.today, requestID: "t")
    let said = request.application.values
    #expect(request.region == "320411")
    #expect(said.value(at: "applicationNumber")?.text == "GD-1")
    #expect(said.value(at: "projectCode")?.text == Self.code)
    // What is written out goes before what the registry has.
    #expect(said.value(at: "projectName")?.text == "新建厂房二期")
    #expect(said.value(at: "location")?.text == "拟三路3号")
    #expect(said.value(at: "areaCode")?.text == "320411")
    #expect(said.value(at: "applicant.name")?.text == "拟某电气有限公司")
    #expect(said.value(at: "applicant.code")?.text == "91330199TX00000017")
    #expect(said.value(at: "applicant.codeType")?.text == "001")
  }

  @Test func aProjectThatIsUnknownOrOverOpensNothing() async throws {
    let bench = try await PermitBench()
    let desk = bench.desk
    func code(_ project: String) async -> PermitErrorCode? {
      let form = try? Self.form(
        #""number": "GD-1", "project": "\#(project)", "application": {"kind": "permit-application"}"#)
      guard let form else { return nil }
      do {
        _ = try await desk.read(form, today: Self.today, requestID: "t")
        return nil
      } catch { return (error as? PermitError)?.code }
    }
    #expect(await code("2101-320411-89-01") == .unfit)
    #expect(await code(Self.code) == .notFound)
    try await bench.tell(project: Self.code, isValid: false)
    #expect(await code(Self.code) == .notNow)
  }

  @Test func withoutAProjectEverythingIsAskedFor() throws {
    let form = try Self.form(#""number": "GD-1", "application": {"kind": "permit-application"}"#)
    let error = #expect(throws: PermitFormError.self) {
      try PermitForm.request(form, project: nil, today: Self.today, requestID: "t")
    }
    let text = error?.description ?? ""
    for word in ["/region", "projectName", "applicant", "location", "areaCode"] {
      #expect(text.contains(word), "\(word) is not in \(text)")
    }
    // The case says these.
    #expect(!text.contains("itemCode") && !text.contains("promise") && !text.contains("applicationNumber"))
  }

  @Test func theShapeOfAFormIsLookedAtWithoutItsProject() throws {
    let form = try Self.form(
      #""number": "GD-1", "project": "x", "facts": {"voltag": 10}, "application": {"kind": "permit-application"}"#
    )
    let error = #expect(throws: PermitFormError.self) {
      try PermitForm.request(form, project: .anyone, today: Self.today, requestID: "t")
    }
    #expect(error?.faults.map(\.pointer) == ["/facts"])
  }
}

extension PermitBench {
  /// A platform tells of a project.
  fileprivate func tell(project code: String, isValid: Bool) async throws {
    var record = CertificateRecord(kind: .projectRegistration)
    record.basic[.number] = .text(code)
    record.basic[.areaCode] = .text("320411")
    record.specific[.projectCode] = .text(code)
    record.specific[.projectName] = .text("新建厂房")
    record.specific[.place] = .text("拟三路3号")
    record.specific[.projectValid] = .flag(isValid)
    var holder = FieldValues()
    holder[.holderName] = .text("拟某电气有限公司")
    holder[.holderCode] = .text("91330199TX00000017")
    holder[.holderCodeType] = .text("001")
    record.holders = [holder]
    let observation = Observation(
      platform: "a", record: record, exchange: ExchangeID(1), locator: try #require(RecordLocator(path: "$")),
      mapping: DefinitionID(rawValue: 1), adapter: DefinitionID(rawValue: 2),
      received: Timestamp(milliseconds: isValid ? 1000 : 2000))
    let prepared = try registry.prepare([observation])
    let registry = registry
    _ = try await database.write {
      try registry.store(prepared, in: $0, now: Timestamp(milliseconds: isValid ? 1000 : 2000))
    }
  }
}
