import Applications
import Authorisations
import Calendars
import Certificates
import Changes
import CivilTime
import Compression
import Crypto
import Documents
import Exchanges
import Journal
import Materials
import Policies
import Registry
import SQLDatabase
import Synchronization
import Testing
import Work

@testable import Supply

/// Archives of applications: looked through in time, packed, signed, and verified without anything else.
@Suite struct ArchiveTests {
  private typealias Bench = SupplyBench

  /// Noon of a Tuesday.
  private static let noon = Bench.moment.advanced(bySeconds: 4 * 3600)
  private static let secrets = ["新县光明", "91411523MA3X8L9K7C", "将军路", "李四", "440524188001010014"]

  /// Holds what the archivist is told beside the registry.
  private final class Surroundings: Sendable, Prover {
    let cases = Mutex<[ArchivedCase]>([])
    let holds = Mutex(true)
    let looked = Mutex<[String]>([])

    func prove(_ id: CertificateID) async throws -> CertificateProof {
      CertificateProof(holds: holds.withLock { $0 }, fields: [], notes: ["done"])
    }

    func archivist(_ site: SupplySite) -> SupplyArchivist {
      SupplyArchivist(site.desk, site.following, calendar: .china, prover: self) { number, project, _ in
        self.looked.withLock { $0.append("\(number) \(project.map { Hex.encode($0) } ?? "-")") }
        return self.cases.withLock { $0 }
      }
    }
  }

  private static func greening(isPermitted: Bool, file: [UInt8]? = nil) -> ArchivedCase {
    ArchivedCase(
      number: "XK-1", opened: Bench.moment,
      items: [
        .init(
          item: "greening", title: "临时占用绿地", state: isPermitted ? "通过" : "办理中", isPermitted: isPermitted)
      ], document: Array(#"{"number":"XK-1"}"#.utf8), certificates: [],
      files: [
        .init(
          code: "tree-list", sm3: Hex.encode(Digest.sm3.hash(file ?? [1])), mediaType: "application/pdf",
          bytes: file)
      ])
  }

  private static func site(whole: Bool = true) async throws -> (SupplySite, SupplyApplicationID) {
    let site = try await SupplySite()
    try await site.store(whole ? [Bench.licence, Bench.deed(of: Bench.company)] : [Bench.licence])
    let form = SupplyDeskTests.form.replacing(
      "3幢2单元301室\"", with: "3幢2单元301室\", \"projectCode\": \"2020-411523-44-03-012345\"")
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(form), for: nil, at: Bench.moment)
    return (site, kept.application)
  }

  /// Does the work on archives that is due.
  private static func work(
    _ site: SupplySite, _ archivist: SupplyArchivist, at moment: Timestamp
  ) async throws -> Int {
    let handler = ArchiveHandler(archivist, now: { moment })
    var done = 0
    while let lease = try await site.queue.claim(
      kinds: [.archive], limit: 1, lease: .seconds(60), now: moment
    ).first {
      try await handler.perform(lease)
      done += 1
    }
    return done
  }

  private static func told(_ site: SupplySite) async throws -> [String] {
    try await site.feed.page(after: nil, kinds: [.supplyArchived, .supplyIncomplete], limit: 50).changes
      .map { change in
        let details = try JSONDocument(parsing: change.details).root
        return [
          change.kind.rawValue, change.subject, details["missing"]?.string,
          "late \(details["late"]?.string ?? "?")",
        ].compactMap(\.self).joined(separator: " ")
      }
  }

  @Test func whatIsWholeIsArchivedAtOnce() async throws {
    let (site, id) = try await Self.site()
    let surroundings = Surroundings()
    surroundings.cases.withLock { $0 = [Self.greening(isPermitted: true)] }
    let archivist = surroundings.archivist(site)
    let standing = try await archivist.connected(
      id, at: Bench.moment, contracts: ["HT-2022-7"], now: Self.noon)
    #expect(standing.due?.iso8601 == "2022-03-02T16:00:00.000Z", "the whole Wednesday in China")
    #expect(try await Self.work(site, archivist, at: Self.noon) == 1)
    #expect(try await Self.told(site) == ["supply.archived supply-1 late false"])
    #expect(try await site.desk.store.archiveStanding(id)?.archived == Self.noon)
    #expect(
      surroundings.looked.withLock { $0 }
        == ["GD-1 \(Hex.encode(site.keys.projectToken("2020-411523-44-03-012345")))"], "by number and project"
    )
    // Nothing is left to do.
    #expect(try await Self.work(site, archivist, at: Self.noon.advanced(bySeconds: 30 * 86_400)) == 0)
    await site.close()
  }

  /// A temporary supply that is connected, and a case for the permanent one under the same code.
  @Test func anotherSupplysCaseIsNoneOfTheArchive() async throws {
    let (site, id) = try await Self.site()
    let surroundings = Surroundings()
    let archivist = surroundings.archivist(site)
    func numbers() async throws -> [String] {
      try await archivist.contents(of: id, at: Self.noon).cases.map(\.number)
    }
    func found(_ number: String, _ seconds: Int) -> ArchivedCase {
      ArchivedCase(
        number: number, opened: Self.noon.advanced(bySeconds: seconds), items: [], document: [],
        certificates: [], files: [])
    }
    surroundings.cases.withLock {
      $0 = [found("XK-1", -1), found("GD-1", 0), found("XK-2", 1), found("GD-2", -1)]
    }
    #expect(try await numbers() == ["XK-1", "GD-1", "XK-2", "GD-2"])
    // That of another application.
    let other = SupplyDeskTests.form.replacing("GD-1", with: "GD-2").replacing("301室", with: "302室")
    _ = try await site.desk.evaluate(try SupplyDeskTests.read(other), for: nil, at: Bench.moment)
    #expect(try await numbers() == ["XK-1", "GD-1", "XK-2"])
    // What is opened behind the connection.
    for contract in ["HT-1", "HT-2"] {
      let now = contract == "HT-1" ? Self.noon : Self.noon.advanced(bySeconds: 9)
      _ = try await archivist.connected(id, at: Bench.moment, contracts: [contract], now: now)
      #expect(try await numbers() == ["XK-1", "GD-1"])
    }
    // What an earlier version found whole has what was there then, also where a contract is named besides; another moment is another connection.
    let whole = Self.noon.advanced(bySeconds: 1)
    _ = try await site.database.write {
      try $0.execute("UPDATE supply_archive SET cases_until = ?1", .int(whole.milliseconds))
    }
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-3"], now: Self.noon)
    #expect(try await numbers() == ["XK-1", "GD-1", "XK-2"])
    _ = try await archivist.connected(
      id, at: Bench.moment.advanced(bySeconds: 1), contracts: ["HT-3"], now: Self.noon)
    #expect(try await numbers() == ["XK-1", "GD-1"])
    await site.close()
  }

  @Test func whereNothingIsBuiltTheProjectsCasesAreNoneOfTheArchive() async throws {
    let site = try await SupplySite()
    let form = SupplyDeskTests.form.replacing(#""voltage":"#, with: #""works": "none", "voltage":"#)
      .replacing("301室\"", with: "301室\", \"projectCode\": \"2020-411523-44-03-012345\"")
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(form), for: nil, at: Bench.moment)
    let surroundings = Surroundings()
    surroundings.cases.withLock { $0 = [Self.greening(isPermitted: false)] }
    let contents = try await surroundings.archivist(site).contents(of: kept.application, at: Self.noon)
    #expect(contents.cases.isEmpty)
    await site.close()
  }

  /// A later step looks at its own papers alone; the archive has those of all.
  @Test func thePapersOfEarlierStepsBelongToIt() async throws {
    let (site, id) = try await Self.site(whole: false)
    let surroundings = Surroundings()
    let archivist = surroundings.archivist(site)
    func evaluate(_ stage: String, _ more: String = "") async throws {
      let form = SupplyDeskTests.form.replacing(#""stage": "application""#, with: #""stage": "\#(stage)""#)
        .replacing(#""place":"#, with: more + #""place":"#)
      _ = try await site.desk.evaluate(try SupplyDeskTests.read(form), for: nil, at: Bench.moment)
    }
    func contents() async throws -> ArchiveContents { try await archivist.contents(of: id, at: Self.noon) }
    let report =
      #""materials": [{"code": "completion-report", "sm3": "\#(String(repeating: "0f", count: 32))"}], "#
    try await evaluate("completion", report)
    // What was missing when it was applied for is still missing.
    var found = try await contents()
    #expect(found.missing.map(\.word) == ["connection", "contract", "requirement/property"])
    #expect(found.certificates.map(\.record.kind) == [.businessLicence])
    #expect(found.materials.map(\.code) == ["completion-report"])
    let project = Hex.encode(site.keys.projectToken("2020-411523-44-03-012345"))
    #expect(
      surroundings.looked.withLock { $0.last } == "GD-1 \(project)", "as the application's form names it")
    // The cover explains both.
    let package = try await archivist.package(found, revealing: [], now: Self.noon)
    let cover = try #require(package.files.first { $0.path == "cover.html" })
    let parts = String(decoding: cover.bytes, as: UTF8.self).split(separator: "<h3>").dropFirst()
    #expect(parts.map { $0.prefix(4) } == ["受理申请", "竣工检验"])
    #expect(parts.map { $0.contains("用电地址物权证明") } == [true, false])
    #expect(parts.allSatisfy { $0.contains("<li>") })
    try await site.store([Bench.deed(of: Bench.company)])
    try await evaluate("application")
    found = try await contents()
    #expect(found.missing.map(\.word) == ["connection", "contract"])
    #expect(Set(found.certificates.map(\.record.kind)) == [.businessLicence, .propertyDeed])
    #expect(found.materials.map(\.code) == ["completion-report"])
    await site.close()
  }

  /// What a person has taken back since is in no archive, whichever step rested on it.
  @Test func whatAnEarlierStepRestedOnAndIsTakenBackIsMissed() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    func form(_ stage: String, _ more: String = "") throws -> SupplyForm {
      try SupplyDeskTests.read(
        """
        {"number": "GD-P", "region": "330100", \(more)
         "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "\(stage)"},
         "applicant": {"type": "person", "name": "张三", "code": "11010519491231002X"},
         "place": {"address": "\(Bench.place.address)"}}
        """)
    }
    let consent = #""authorisation": {"means": "counter", "given": "2022-02-01T00:00:00Z"}, "#
    let report =
      #""materials": [{"code": "completion-report", "sm3": "\#(String(repeating: "0f", count: 32))"}], "#
    let applied = try await site.desk.evaluate(
      try form("application", consent), for: nil, at: Bench.moment)
    _ = try await site.desk.evaluate(try form("completion", report), for: nil, at: Bench.moment)
    let archivist = Surroundings().archivist(site)
    let id = applied.kept.application
    var found = try await archivist.contents(of: id, at: Self.noon)
    #expect(Set(found.certificates.map(\.record.kind)) == [.identityCard, .propertyDeed])
    let authorisation = try #require(try applied.kept.authorisations.first)
    _ = try await site.desk.counter.revoke(
      authorisation, by: try SignOff(name: "拟经办", reason: "本人撤回"), at: Bench.moment)
    found = try await archivist.contents(of: id, at: Self.noon)
    #expect(found.certificates.isEmpty)
    #expect(
      found.missing.map(\.word)
        == ["connection", "contract", "requirement/subject", "requirement/property"])
    await site.close()
  }

  @Test func whatIsMissingIsNamedOnceUntilItIsThere() async throws {
    let (site, id) = try await Self.site(whole: false)
    let surroundings = Surroundings()
    surroundings.cases.withLock { $0 = [Self.greening(isPermitted: false)] }
    let archivist = surroundings.archivist(site)
    _ = try await archivist.connected(id, at: Bench.moment, contracts: [], now: Self.noon)
    #expect(try await Self.work(site, archivist, at: Self.noon) == 1)
    let lacks = "contract requirement/property permit/XK-1/greening"
    #expect(try await Self.told(site) == ["supply.incomplete supply-1 \(lacks) late false"])
    // Looked at each hour and told nothing new.
    #expect(try await Self.work(site, archivist, at: Self.noon.advanced(bySeconds: 3599)) == 0)
    #expect(try await Self.work(site, archivist, at: Self.noon.advanced(bySeconds: 3600)) == 1)
    #expect(try await Self.told(site).count == 1)
    surroundings.cases.withLock { $0 = [Self.greening(isPermitted: true)] }
    #expect(try await Self.work(site, archivist, at: Self.noon.advanced(bySeconds: 7200)) == 1)
    #expect(
      try await Self.told(site).last
        == "supply.incomplete supply-1 contract requirement/property late false")
    // The limit passes: told again, for it is late now.
    let due = try #require(try await site.desk.store.archiveStanding(id)?.due)
    #expect(try await Self.work(site, archivist, at: due) == 1)
    #expect(
      try await Self.told(site).last == "supply.incomplete supply-1 contract requirement/property late true")
    // The deed comes, and a second note that names the contract; both notes stay.
    try await site.store([Bench.deed(of: Bench.company)])
    let later = due.advanced(bySeconds: 60)
    _ = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: later)
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: later)
    #expect(try await Self.work(site, archivist, at: later) == 1)
    #expect(try await Self.told(site).last == "supply.archived supply-1 late true")
    // The work of the first note ends with it.
    #expect(try await Self.work(site, archivist, at: later.advanced(bySeconds: 7 * 3600)) == 1)
    #expect(try await Self.told(site).count == 4)
    let notes = try await site.database.read { try $0.int("SELECT count(*) FROM supply_connection") }
    #expect(notes == 2)
    #expect(try await Self.work(site, archivist, at: later.advanced(bySeconds: 40 * 86_400)) == 0)
    await site.close()
  }

  @Test func theSameNoteOnceMoreIsOne() async throws {
    let (site, id) = try await Self.site()
    let archivist = Surroundings().archivist(site)
    for _ in 1...2 {
      _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    }
    #expect(try await Self.work(site, archivist, at: Self.noon) == 1)
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    #expect(try await Self.work(site, archivist, at: Self.noon) == 0)
    #expect(try await site.desk.store.archiveStanding(id)?.archived == Self.noon, "it stays archived")
    await site.close()
  }

  @Test func whatCannotBeIsRefused() async throws {
    let (site, id) = try await Self.site()
    let archivist = Surroundings().archivist(site)
    func code(_ id: SupplyApplicationID, at moment: Timestamp, _ contracts: [String]) async throws
      -> SupplyError.Code?
    {
      do {
        _ = try await archivist.connected(id, at: moment, contracts: contracts, now: Self.noon)
        return nil
      } catch let error as SupplyError {
        return error.code
      }
    }
    #expect(try await code(id, at: Self.noon.advanced(bySeconds: 1), []) == .unfit)
    for contracts in [["a b"], [""], ["11010519491231002X"], ["HT-1", "HT-1"], (1...21).map { "HT-\($0)" }] {
      #expect(try await code(id, at: Bench.moment, contracts) == .unfit, "\(contracts)")
    }
    #expect(try await code(SupplyApplicationID(rawValue: 9), at: Bench.moment, []) == .notFound)
    let store = site.desk.store
    _ = try await archivist.connected(id, at: Bench.moment, contracts: [], now: Self.noon)
    _ = try await site.database.write { try store.erase(id, in: $0, now: Self.noon) }
    #expect(try await code(id, at: Bench.moment, ["HT-1"]) == .erased)
    // The work on what was erased ends, and tells nothing.
    #expect(try await Self.work(site, archivist, at: Self.noon) == 1)
    #expect(try await Self.told(site) == [])
    #expect(try await Self.work(site, archivist, at: Self.noon.advanced(bySeconds: 7 * 86_400)) == 0)
    await site.close()
  }

  @Test func theLimitGoesByTheRegionAndItsCalendar() async throws {
    let (site, _) = try await Self.site()
    let archivist = Surroundings().archivist(site)
    func due(_ region: String, _ time: String) throws -> String? {
      let supply = try Bench.supply(
        region, #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "stage": "application""#,
        by: Bench.company)
      return archivist.deadline(of: supply, connected: try #require(Timestamp(iso8601: time)))?.iso8601
    }
    for region in ["320400", "411523", "999999"] {
      // A Friday: the Monday after it.
      #expect(try due(region, "2022-03-04T02:00:00Z") == "2022-03-07T16:00:00.000Z", "\(region)")
      // Before a holiday with make-up working days around it.
      #expect(try due(region, "2022-04-30T02:00:00Z") == "2022-05-05T16:00:00.000Z", "\(region)")
      #expect(try due(region, "2031-03-04T02:00:00Z") == nil, "a year without a calendar")
    }
    await site.close()
  }

  @Test func whenItIsLookedAtAgain() {
    let connection = SupplyConnection(id: 1, connected: Bench.moment, contracts: [], noted: Bench.moment)
    let due = Bench.moment.advanced(bySeconds: 5400)
    let standing = ArchiveStanding(connection: connection, due: due, archived: nil)
    func next(_ seconds: Int, _ standing: ArchiveStanding) -> Int64? {
      ArchiveHandler.next(standing, at: Bench.moment.advanced(bySeconds: seconds))?
        .milliseconds(since: Bench.moment)
    }
    #expect(next(0, standing) == 3_600_000)
    #expect(next(3600, standing) == 5_400_000, "at the limit")
    #expect(next(5400, standing) == 27_000_000, "six hours later")
    let unknown = ArchiveStanding(connection: connection, due: nil, archived: nil)
    #expect(next(0, unknown) == 21_600_000)
    #expect(next(180 * 86_400 - 1, standing) != nil && next(180 * 86_400, standing) == nil)
    #expect(!standing.isLate(at: due.advanced(bySeconds: -1)) && standing.isLate(at: due))
  }

  @Test func whatTheRegistryAndTheJournalLostIsNamed() async throws {
    let (site, id) = try await Self.site()
    let surroundings = Surroundings()
    let archivist = surroundings.archivist(site)
    #expect(
      try await archivist.contents(of: id, at: Self.noon).missing.map(\.word) == ["connection", "contract"])
    let ids = try await archivist.contents(of: id, at: Self.noon).certificateIDs
    #expect(ids.count == 2)
    // What the connection rests on is judged no more.
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    surroundings.holds.withLock { $0 = false }
    #expect(
      try await archivist.contents(of: id, at: Self.noon).missing.suffix(2) == [
        .proof(ids[0]), .proof(ids[1]),
      ])
    try await site.database.write { _ = try $0.execute("DELETE FROM exchange") }
    #expect(
      try await archivist.contents(of: id, at: Self.noon).missing.suffix(2) == [
        .exchange(ids[0]), .exchange(ids[1]),
      ])
    try await site.database.write { _ = try $0.execute("DELETE FROM certificate") }
    #expect(
      try await archivist.contents(of: id, at: Self.noon).missing.suffix(2) == [
        .certificate(ids[0]), .certificate(ids[1]),
      ])
    await site.close()
  }

  private static func package(
    file: [UInt8]? = nil, isConnected: Bool = true
  ) async throws -> (files: [String: [UInt8]], site: SupplySite) {
    let (site, id) = try await Self.site()
    let surroundings = Surroundings()
    surroundings.cases.withLock { $0 = [Self.greening(isPermitted: true, file: file)] }
    let archivist = surroundings.archivist(site)
    if isConnected {
      _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-2022-7"], now: Self.noon)
    }
    let package = try await archivist.package(
      try await archivist.contents(of: id, withFiles: file != nil, at: Self.noon), revealing: [],
      now: Self.noon)
    return (Dictionary(uniqueKeysWithValues: package.files.map { ($0.path, $0.bytes) }), site)
  }

  private static func verify(
    _ files: [String: [UInt8]], key: String? = nil
  ) throws -> ArchiveVerification {
    try ArchiveVerification(Array(files.keys), key: key) { files[$0] ?? [] }
  }

  @Test func aPackageIsWholeAndSaysWhatIsInIt() async throws {
    let (files, site) = try await Self.package()
    let result = try Self.verify(files)
    #expect(result.holds && result.isComplete && result.number == "GD-1", "\(result)")
    #expect(result.files == files.count - 2 && result.made == Self.noon.iso8601)
    let folders = Set(files.keys.map { $0.split(separator: "/").first.map(String.init) ?? "" })
    #expect(
      folders
        == [
          "verdicts", "certificates", "proofs", "exchanges", "permits", "cover.html", "index.json",
          "index.signature.json",
        ])
    let index = try JSONDocument(parsing: try #require(files["index.json"])).root
    #expect(index["contracts"]?[0]?.string == "HT-2022-7" && index["complete"]?.boolean == true)
    // The file was not asked for: its digest stands there.
    #expect(index["elsewhere"]?.elements.map { $0["code"]?.string } == ["tree-list"])
    let cover = String(decoding: try #require(files["cover.html"]), as: UTF8.self)
    for word in [
      "用电业务档案", "GD-1", "HT-2022-7", "档案完整", "营业执照", "临时占用绿地", "2022-03-01 10:00（北京时间）", "与原始报文一致",
    ] {
      #expect(cover.contains(word), "\(word)")
    }
    // What anybody may read names no person; of the company only what is published is in the records.
    for path in ["index.json", "cover.html", "permits/XK-1.json", "verdicts/1.json"] {
      let text = String(decoding: try #require(files[path]), as: UTF8.self)
      for secret in Self.secrets { #expect(!text.contains(secret), "\(path)") }
    }
    await site.close()
  }

  @Test func aFileThatIsAskedForIsInIt() async throws {
    let file = Array("%PDF".utf8)
    let (files, site) = try await Self.package(file: file)
    let path = try #require(files.keys.first { $0.hasPrefix("permits/XK-1/tree-list-") })
    #expect(files[path] == file)
    #expect(try Self.verify(files).holds)
    await site.close()
  }

  /// What was agreed to and revoked since is no reason to show anything.
  @Test func whatIsRevokedIsInNoPackage() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let form = SupplyDeskTests.form.replacing("organisation", with: "person")
      .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X")
      .replacing(
        #""place":"#,
        with: #""authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"}, "place":"#)
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(form), for: nil, at: Bench.moment)
    let archivist = Surroundings().archivist(site)
    #expect(
      try await archivist.contents(of: kept.application, at: Self.noon).certificateIDs.count == 2)
    for id in try kept.authorisations {
      _ = try await site.desk.counter.revoke(
        id, by: SignOff(name: "拟经办", reason: "本人要求"), at: Self.noon)
    }
    let left = try await archivist.contents(of: kept.application, at: Self.noon)
    #expect(left.certificateIDs == [])
    #expect(
      left.missing.map(\.word).contains("requirement/property"), "\(left.missing.map(\.word))")
    await site.close()
  }

  /// What the utility keeps is in it where files are asked for.
  @Test func materialsThatAreKeptAreInIt() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let file = Array("%PDF-deed".utf8)
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let party = form.supply.applicant
    let sm3 = Hex.encode(Digest.sm3.hash(file))
    _ = try await site.desk.counter.handIn(
      NewMaterial(
        code: "property-deed", holder: PaperHolder(isPerson: false, name: party.name, code: party.code),
        business: "new", application: "GD-1", channel: "counter", operator: "拟经办",
        file: Applications.Attachment(
          name: "a.pdf", mediaType: "application/pdf", bytes: file, sm3: sm3)), at: Bench.moment)
    let (kept, _) = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    let archivist = Surroundings().archivist(site)
    for withFiles in [false, true] {
      let contents = try await archivist.contents(
        of: kept.application, withFiles: withFiles, at: Self.noon)
      let package = try await archivist.package(contents, revealing: [], now: Self.noon)
      let files = Dictionary(uniqueKeysWithValues: package.files.map { ($0.path, $0.bytes) })
      #expect(try Self.verify(files).holds)
      let index = try JSONDocument(parsing: try #require(files["index.json"])).root
      #expect(index["elsewhere"]?.count == (withFiles ? 0 : 1))
      #expect(files["materials/property-deed-\(sm3.prefix(16))"] == (withFiles ? file : nil))
      #expect(contents.fileNames == (withFiles ? ["materials[property-deed]"] : []))
    }
    await site.close()
  }

  @Test func everyChangeOfAPackageIsNamed() async throws {
    let (files, site) = try await Self.package()
    for path in files.keys {
      var less = files
      less[path] = nil
      #expect(try Self.verify(less).findings.contains { $0.kind == .missing && $0.path == path }, "\(path)")
      var altered = files
      altered[path]?[((files[path]?.count ?? 1) - 1) / 2] ^= 1
      let findings = try Self.verify(altered).findings
      #expect(findings.contains { $0.kind == .altered }, "\(path)")
      if !path.hasPrefix("index") { #expect(findings == [.init(kind: .altered, path: path)], "\(path)") }
    }
    var more = files
    more["permits/other.json"] = [1]
    #expect(try Self.verify(more).findings == [.init(kind: .extra, path: "permits/other.json")])
    await site.close()
  }

  /// Whoever writes an index of their own cannot sign it.
  @Test func anIndexOfSomebodyElseIsFound() async throws {
    let (files, site) = try await Self.package()
    let key = try #require(try Self.verify(files).publicKey)
    #expect(try Self.verify(files, key: key.uppercased()).holds)
    let other = SM2.PrivateKey()
    var forged = files
    let index = try #require(files["index.json"]).withText { $0.replacing("GD-1", with: "GD-2") }
    forged["index.json"] = index
    #expect(try Self.verify(forged).findings == [.init(kind: .altered, path: "index.json")])
    let signature = try other.signature(for: index).raw
    forged["index.signature.json"] = Array(
      #"{"publicKey": "\#(other.publicKey.hex)", "signature": "\#(Hex.encode(signature))"}"#.utf8)
    #expect(try Self.verify(forged).holds, "by whom is for the key to say")
    #expect(
      try Self.verify(forged, key: key).findings
        == [.init(kind: .otherKey, path: "index.signature.json")])
    await site.close()
  }

  /// A verdict or a journal's package that proves nothing is found although the index was made with it.
  @Test func whatProvesItselfIsLookedAt() async throws {
    let (files, site) = try await Self.package()
    for prefix in ["verdicts/", "exchanges/"] {
      let path = try #require(files.keys.first { $0.hasPrefix(prefix) })
      var draft = files
      draft[path]?[(files[path]?.count ?? 0) / 2] ^= 1
      let old = Hex.encode(Digest.sm3.hash(try #require(files[path])))
      let new = Hex.encode(Digest.sm3.hash(try #require(draft[path])))
      let index = try #require(files["index.json"]).withText { $0.replacing(old, with: new) }
      let key = SM2.PrivateKey()
      draft["index.json"] = index
      draft["index.signature.json"] = Array(
        #"{"publicKey": "\#(key.publicKey.hex)", "signature": "\#(Hex.encode(try key.signature(for: index).raw))"}"#
          .utf8)
      #expect(try Self.verify(draft).findings == [.init(kind: .altered, path: path)], "\(prefix)")
    }
    await site.close()
  }

  @Test func whatIsNotWholeSaysSoEverywhere() async throws {
    let (files, site) = try await Self.package(isConnected: false)
    let result = try Self.verify(files)
    #expect(result.holds && !result.isComplete && result.missingParts == ["connection", "contract"])
    let cover = String(decoding: try #require(files["cover.html"]), as: UTF8.self)
    #expect(cover.contains("档案不完整") && cover.contains("供用电合同编号未登记"))
    await site.close()
  }

  @Test func aPackageInAZIPArchiveIsTheSame() async throws {
    let (files, site) = try await Self.package()
    let entries = files.map { ZIPEntry(path: $0.key, bytes: $0.value) }
    let read = try ZIPArchive.read(try ZIPArchive.write(entries))
    #expect(read == entries)
    await site.close()
  }
}

extension [UInt8] {
  fileprivate func withText(_ body: (String) -> String) -> [UInt8] {
    Array(body(String(decoding: self, as: UTF8.self)).utf8)
  }
}
