import Access
import Applications
import Certificates
import CivilTime
import Compression
import Documents
@testable import Gateway
@testable import GatewayAPI
import HTTPService
import Permits
import Registry
import SQLDatabase
import Supply
import Testing
import Work

/// Archives as systems take them, with the permit cases that really are there.
@Suite struct ArchiveRouteTests {
  /// An application with all its papers, and a permit case of the same number.
  private static func fill(_ bench: GatewayBench) async throws {
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let evaluated = try await bench.send(
      bench.request("POST", "/v1/supply-applications", body: SupplyRouteTests.form))
    #expect(evaluated.status == 200, "\(evaluated.text)")
    let opened = try await bench.send(
      bench.request("POST", "/v1/permit-cases", body: PermitRouteTests.form, purpose: nil))
    #expect(opened.status == 200, "\(opened.text)")
  }

  private static func connect(_ bench: GatewayBench, _ body: String) async throws -> Reply {
    try await bench.send(
      bench.request("POST", "/v1/supply-applications/1:connected", body: body, purpose: nil))
  }

  private static func archive(
    _ bench: GatewayBench, query: String = "", key: String = GatewayBench.fullKey
  ) async throws -> Reply {
    try await bench.send(
      bench.request("GET", "/v1/supply-applications/1/archive", query: query, key: key))
  }

  private static func files(_ reply: Reply) throws -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: try ZIPArchive.read(reply.bytes).map { ($0.path, $0.bytes) })
  }

  private static func missing(_ files: [String: [UInt8]]) throws -> [String] {
    let index = try JSONDocument(parsing: try #require(files["index.json"])).root
    return index["missing"]?.elements.compactMap(\.string) ?? []
  }

  /// Enters that an item is permitted, with the number of its decision.
  private static func permit(_ bench: GatewayBench, _ item: String, _ number: String) async throws {
    for event in [
      #""event": "accepted", "happened": "2026-11-18T10:00:00""#,
      #""event": "approved", "happened": "2026-11-18T11:00:00", "decision": "\#(number)""#,
    ] {
      let reply = try await bench.send(
        bench.request(
          "POST", "/v1/permit-cases/1/events", body: #"{"item": "\#(item)", \#(event), "reason": "纸面"}"#,
          purpose: nil))
      #expect(reply.status == 200, "\(reply.text)")
    }
  }

  @Test func aPackageHasWhatBelongsToTheApplication() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    let noted = try await Self.connect(
      bench, #"{"at": "2026-11-18T02:00:00Z", "contracts": ["HT-1"]}"#)
    #expect(noted.status == 200, "\(noted.text)")
    #expect(try noted.text("$.due") == "2026-11-19T16:00:00.000Z")
    let first = try await Self.archive(bench)
    #expect(first.status == 200 && first.headers["Content-Type"] == "application/zip", "\(first.text)")
    #expect(
      try Self.missing(Self.files(first))
        == ["permit/GD-1/route-planning", "permit/GD-1/greening"])
    try await Self.permit(bench, "route-planning", "京规字2026第0001号")
    try await Self.permit(bench, "greening", "京绿字2026第0002号")
    let files = try Self.files(try await Self.archive(bench))
    #expect(try Self.missing(files) == [])
    let result = try ArchiveVerification(Array(files.keys)) { files[$0] ?? [] }
    #expect(result.holds && result.isComplete, "\(result)")
    // Two papers of the person, and the two decisions.
    #expect(files.keys.count { $0.hasPrefix("certificates/") } == 4)
    #expect(
      files["permits/GD-1.json"].map { String(decoding: $0, as: UTF8.self) }?.contains("京规字2026第0001号")
        == true)
    // Nobody is named, and the permit's file is there by its digest alone.
    for (path, bytes) in files {
      let text = String(decoding: bytes, as: UTF8.self)
      for secret in Person.secrets { #expect(!text.contains(secret), "\(path)") }
    }
    #expect(!files.keys.contains { $0.hasPrefix("permits/GD-1/") })
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.contains { $0.action == .connectSupply && $0.item == "supply-1" })
    let taken = entries.filter { $0.action == .archiveSupply }
    #expect(taken.map(\.certificates.count) == [2, 4] && taken.allSatisfy { $0.item == "supply-1" })
    await bench.close()
  }

  /// An attempt behind the one that is allowed was withdrawn: nothing is missed of the item.
  @Test func anItemIsThereByTheAttemptThatCounts() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    _ = try await Self.connect(bench, #"{"at": "2026-11-18T02:00:00Z", "contracts": ["HT-1"]}"#)
    let permits = bench.gateway.permits
    let id = try #require(try await permits.cases(ofNumber: "GD-1", project: nil).first?.id)
    func enter(_ event: PermitEvent, _ attempt: Int, _ hour: Int, retracts: Int64? = nil) async throws
      -> Int64
    {
      let happened = try #require(CivilDateTime(iso: "2026-11-18T\(hour):00:00"))
      let now = happened.timestamp(offsetSeconds: UTCOffset.china)
      return try await permits.database.write { transaction in
        let attempt = try permits.attempt(.routePlanning, number: attempt, of: id, transaction)
        return try permits.enter(
          PermitEntry(event, happened: happened, source: .person, reference: "entry", retracts: retracts),
          of: attempt.id, in: transaction, now: now
        ).id
      }
    }
    let wrong = try await enter(.rejected, 1, 10)
    let again = try #require(CivilDateTime(iso: "2026-11-18T11:00:00"))
      .timestamp(offsetSeconds: UTCOffset.china)
    _ = try await permits.database.write { transaction in
      let first = try permits.attempt(.routePlanning, of: id, transaction)
      return try permits.retry(first.id, in: transaction, now: again)
    }
    _ = try await enter(.withdrawn, 2, 12)
    let before = try Self.missing(Self.files(try await Self.archive(bench)))
    #expect(before == ["permit/GD-1/route-planning", "permit/GD-1/greening"])
    _ = try await enter(.approved, 1, 13, retracts: wrong)
    #expect(try Self.missing(Self.files(try await Self.archive(bench))) == ["permit/GD-1/greening"])
    await bench.close()
  }

  @Test func whatIsShownWholeIsAllowedAndRecorded() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    let files = try Self.files(try await Self.archive(bench, query: "reveal=holder.name&files=true"))
    let papers = files.filter { $0.key.hasPrefix("certificates/") }.values.map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(papers.contains { $0.contains(Person.name) })
    let path = try #require(files.keys.first { $0.hasPrefix("permits/GD-1/drawing-") })
    #expect(files[path] == Array("ABC".utf8))
    let entry = try #require(try await bench.accesses().map(\.entry).last)
    #expect(entry.revealed == ["holder.name", "permits[GD-1].files[drawing]"], "\(entry.revealed)")
    #expect(try await Self.archive(bench, query: "reveal=holder.code").code == "reveal-not-allowed")
    let unrevealing = try await bench.send(
      bench.request(
        "GET", "/v1/supply-applications/1/archive", query: "files=true", purpose: "transfer"))
    #expect(unrevealing.code == "reveal-not-allowed", "\(unrevealing.text)")
    await bench.close()
  }

  @Test func casesAreFoundByTheirProject() async throws {
    let bench = try await GatewayBench()
    let form = PermitRouteTests.form.replacing("GD-1", with: "XK-9").replacing(
      #""projectName""#, with: #""projectCode": "2020-110000-44-03-012345", "projectName""#)
    let opened = try await bench.send(
      bench.request("POST", "/v1/permit-cases", body: form, purpose: nil))
    #expect(opened.status == 200, "\(opened.text)")
    let permits = bench.gateway.permits
    let token = bench.gateway.registryKeys.projectToken
    for project in ["2020-110000-44-03-012345", " 2020-110000-44-03-012345 "] {
      #expect(try await permits.cases(ofNumber: "GD-1", project: token(project)).map(\.number) == ["XK-9"])
    }
    #expect(try await permits.cases(ofNumber: "GD-1", project: token("2020-110000-44-03-012346")).isEmpty)
    #expect(try await permits.cases(ofNumber: "XK-9", project: nil).map(\.number) == ["XK-9"])
    await bench.close()
  }

  @Test func whatIsWrongIsSaid() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    for (body, code) in [
      ("{}", "body-invalid"), (#"{"at": "soon"}"#, "body-invalid"),
      (#"{"at": "2099-01-01T00:00:00Z"}"#, "supply-unfit"),
      (#"{"at": "2026-11-18T02:00:00Z", "contracts": ["a b"]}"#, "supply-unfit"),
    ] { #expect(try await Self.connect(bench, body).code == code, "\(body)") }
    for (method, path, body) in [
      ("GET", "/v1/supply-applications/2/archive", nil),
      ("POST", "/v1/supply-applications/2:connected", #"{"at": "2026-11-18T02:00:00Z"}"#),
      ("POST", "/v1/supply-applications/x:connected", #"{"at": "2026-11-18T02:00:00Z"}"#),
    ] as [(String, String, String?)] {
      let reply = try await bench.send(bench.request(method, path, body: body))
      #expect(reply.status == 404 && reply.code == "supply-not-found", "\(reply.text)")
    }
    await bench.close()
  }
}
