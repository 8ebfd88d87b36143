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
import Testing
import Work

@testable import Supply

/// Archives of what a connection rested on, whatever is said later.
@Suite struct ArchivePinTests {
  private typealias Bench = SupplyBench

  private struct Holding: Prover {
    func prove(_ id: CertificateID) async throws -> CertificateProof {
      CertificateProof(holds: true, fields: [], notes: [])
    }
  }

  private static let noon = Bench.moment.advanced(bySeconds: 4 * 3600)
  private static let later = noon.advanced(bySeconds: 30 * 86_400)
  /// Who buys the house.
  private static let buyer = SupplyParty(isPerson: false, name: "别人有限公司", code: "91410100MA55555555")

  private let site: SupplySite
  private let archivist: SupplyArchivist
  private let watch: SupplyWatch

  init() async throws {
    site = try await SupplySite()
    archivist = SupplyArchivist(site.desk, site.following, calendar: .china, prover: Holding()) { _, _, _ in
      []
    }
    watch = SupplyWatch(site.desk, site.following, now: { Self.noon })
  }

  private func evaluate(_ form: String = SupplyDeskTests.form) async throws -> SupplyApplicationID {
    let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")
    return try await site.desk.evaluate(try SupplyDeskTests.read(form), for: asker, at: Bench.moment).kept
      .application
  }

  @discardableResult
  private func connect(
    _ id: SupplyApplicationID, at moment: Timestamp = Bench.moment, contract: String = "HT-1"
  ) async throws -> Int? {
    _ = try await archivist.connected(id, at: moment, contracts: [contract], now: Self.noon)
    return try await pinned(id)
  }

  private func pinned(_ id: SupplyApplicationID) async throws -> Int? {
    let store = site.desk.store
    return try await site.database.read { try store.pinned(id, $0)?.verdict }
  }

  private func work(at moment: Timestamp) async throws {
    let handler = ArchiveHandler(archivist, now: { moment })
    while let lease = try await site.queue.claim(
      kinds: [.archive], limit: 1, lease: .seconds(60), now: moment
    ).first {
      try await handler.perform(lease)
    }
  }

  private func package(
    _ id: SupplyApplicationID
  ) async throws -> (files: [String: [UInt8]], missing: [String]) {
    let contents = try await archivist.contents(of: id, withFiles: true, at: Self.later)
    let package = try await archivist.package(contents, revealing: [], now: Self.later)
    let files = Dictionary(uniqueKeysWithValues: package.files.map { ($0.path, $0.bytes) })
    #expect(try ArchiveVerification(Array(files.keys)) { files[$0] ?? [] }.holds)
    let index = try JSONDocument(parsing: try #require(files["index.json"])).root
    #expect(index["missing"]?.elements.compactMap(\.string) == contents.missing.map(\.word))
    return (files, contents.missing.map(\.word))
  }

  @Test func whatChangesLaterChangesNoArchive() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await evaluate()
    #expect(try await connect(id) == 1)
    let before = try await package(id)
    #expect(before.missing == [])
    // The house is sold; nobody follows, and whoever evaluates anew gets a verdict and no other archive.
    try await site.store([Bench.deed(of: Self.buyer)])
    #expect(try await watch.look() == 0)
    #expect(try await site.work(at: Self.later) == 0)
    _ = try await evaluate()
    #expect(try await site.desk.store.verdict(id).version == 2)
    let after = try await package(id)
    #expect(after.missing == [] && Set(after.files.keys) == Set(before.files.keys))
    for path in before.files.keys where path.hasPrefix("certificates/") || path.hasPrefix("verdicts/") {
      #expect(after.files[path] == before.files[path], "\(path)")
    }
    let deed = try #require(
      after.files.first {
        $0.key.hasPrefix("proofs/") && String(decoding: $0.value, as: UTF8.self).contains("version 2")
      })
    #expect(try JSONDocument(parsing: deed.value).root["holds"]?.isNull == true)
    await site.close()
  }

  /// Nor do forms that come later.
  @Test func whatFormsTellLaterOfALineChangesNoArchive() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let line = SupplyDeskTests.form.replacing(
      #""voltage":"#, with: #""works": "poles-lines", "length": 200, "digs-road": true, "voltage":"#)
    let id = try await evaluate()
    #expect(try await connect(id) == 1)
    _ = try await evaluate(line)
    #expect(try await package(id).missing == [])
    // Where it was said before, it is missed.
    let other = try await evaluate(line.replacing("GD-1", with: "GD-2").replacing("301室", with: "302室"))
    #expect(try await archivist.contents(of: other, at: Self.noon).missing.map(\.word).contains("permit"))
    // What an earlier version settled goes by the forms.
    _ = try await site.database.write {
      try $0.execute("UPDATE supply_archive SET permits = NULL WHERE application = 1")
    }
    #expect(try await package(id).missing == ["permit"])
    await site.close()
  }

  /// Nor does an application that takes the number of one of its cases.
  @Test func whatTakesTheNumberOfACaseLaterLeavesItThere() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let permitted = ArchivedCase(
      number: "XK-1", opened: Bench.moment,
      items: [ArchivedCase.Item(item: "greening", title: "", state: "", isPermitted: true)],
      document: Array("{}".utf8), certificates: [], files: [])
    let archivist = SupplyArchivist(site.desk, site.following, calendar: .china, prover: Holding()) {
      _, _, _ in [permitted]
    }
    let id = try await evaluate(
      SupplyDeskTests.form.replacing(
        #""voltage":"#, with: #""works": "poles-lines", "length": 200, "digs-road": true, "voltage":"#))
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    let before = try await archivist.contents(of: id, at: Self.later)
    #expect(before.missing.isEmpty && before.cases.map(\.number) == ["XK-1"])
    let other = try SupplyDeskTests.read(SupplyDeskTests.form.replacing("GD-1", with: "XK-1"))
    _ = try await site.desk.evaluate(other, for: nil, at: Self.later)
    let after = try await archivist.contents(of: id, at: Self.later)
    #expect(after.missing.isEmpty && after.cases.map(\.number) == ["XK-1"])
    await site.close()
  }

  @Test func whatIsNotMetYetIsFollowedUntilItIs() async throws {
    try await site.store([Bench.licence])
    let id = try await evaluate()
    #expect(try await connect(id) == nil)
    try await work(at: Self.noon)
    #expect(try await pinned(id) == nil)
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Self.noon) >= 1)
    try await work(at: Self.noon.advanced(bySeconds: 3600))
    #expect(try await pinned(id) == 2)
    #expect(try await site.desk.store.archiveStanding(id)?.archived != nil)
    try await site.store([Bench.deed(of: Self.buyer)])
    #expect(try await watch.look() == 0)
    #expect(try await package(id).missing == [])
    await site.close()
  }

  /// A contract that is named later leaves the connection what it was; another moment is another connection.
  @Test func whatANoteBeginsAnew() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await evaluate()
    #expect(try await connect(id) == 1)
    _ = try await evaluate()
    #expect(try await connect(id, contract: "HT-2") == 1)
    #expect(try await connect(id, at: Bench.moment.advanced(bySeconds: 60)) == 2)
    try await site.store([Bench.deed(of: Self.buyer)])
    _ = try await evaluate()
    // What does not meet everything is none to rest on.
    #expect(try await connect(id, at: Bench.moment.advanced(bySeconds: 120)) == nil)
    await site.close()
  }

  @Test(arguments: [false, true])
  func aFileThatIsTakenBackIsTakenOut(isErased: Bool) async throws {
    try await site.store([Bench.licence])
    let (material, _) = try await site.desk.counter.handIn(
      WithdrawnTests.deed(WithdrawnTests.scans.right), at: Bench.moment)
    let id = try await evaluate()
    #expect(try await connect(id) == 1)
    #expect(try await package(id).files.keys.contains { $0.hasPrefix("materials/property-deed-") })
    if isErased {
      _ = try await site.desk.counter.erase(material.id, at: Self.noon)
    } else {
      _ = try await site.desk.counter.withdraw(material.id, by: WithdrawnTests.signOff, at: Self.noon)
    }
    let (files, missing) = try await package(id)
    #expect(missing == [isErased ? "erased/property-deed" : "withdrawn/property-deed"])
    #expect(!files.keys.contains { $0.hasPrefix("materials/") })
    let index = try JSONDocument(parsing: try #require(files["index.json"])).root
    #expect(index["elsewhere"]?.count == 0 && index["complete"]?.boolean == false)
    let cover = String(decoding: try #require(files["cover.html"]), as: UTF8.self)
    #expect(cover.contains(isErased ? "已删除" : "已撤回"))
    // Whoever looks at the verdict sees one without it.
    #expect(try await site.work(at: Self.noon) == 1)
    #expect(try await site.desk.store.verdict(id).materials == [])
    #expect(try await pinned(id) == 1)
    await site.close()
  }

  /// Under an authorisation that ends soon behind the connection.
  private func evaluateForAnHour() async throws -> (SupplyApplicationID, AuthorisationID) {
    let (given, _) = try await site.desk.counter.authorise(
      NewAuthorisation(
        means: .counter, holder: PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X"),
        given: Bench.moment.advanced(bySeconds: -60), until: Self.noon.advanced(bySeconds: 60), kinds: nil,
        purposes: ["supply-application"], application: nil, channel: "counter", operator: "拟经办"),
      at: Bench.moment)
    let id = try await evaluate(
      SupplyDeskTests.form.replacing("organisation", with: "person")
        .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X"))
    return (id, given.id)
  }

  /// What a connected customer's order counts for is what it was.
  @Test func whatEndsBehindTheConnectionIsNotJudgedAnew() async throws {
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let (id, _) = try await evaluateForAnHour()
    #expect(try await connect(id) == 1)
    #expect(try await site.work(at: Self.later) == 1)
    #expect(try await site.desk.store.verdict(id).version == 1)
    #expect(try await site.feed.page(after: nil, kinds: [.supplyChanged], limit: 10).changes.isEmpty)
    await site.close()
  }

  /// Retention removes authorisations that have ended: that they held is no less true.
  @Test(arguments: [false, true])
  func whatIsRemovedBehindItsEndStays(isRevoked: Bool) async throws {
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let (id, given) = try await evaluateForAnHour()
    #expect(try await connect(id) == 1)
    if isRevoked {
      _ = try await site.desk.counter.revoke(given, by: WithdrawnTests.signOff, at: Self.noon)
    }
    let removed = try await Authorisations.eraseEnded(
      before: Self.later, in: site.database, now: Self.later, isTrial: false)
    #expect(removed == 1)
    let (files, missing) = try await package(id)
    #expect(missing.count == (isRevoked ? 2 : 0), "\(missing)")
    #expect(files.keys.count { $0.hasPrefix("certificates/") } == (isRevoked ? 0 : 2))
    await site.close()
  }

  @Test func whatIsErasedWhileItHoldsIsTakenOut() async throws {
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let id = try await evaluate(
      SupplyDeskTests.form.replacing("organisation", with: "person")
        .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X")
        .replacing(
          #""place":"#,
          with: #""authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"}, "place":"#))
    #expect(try await connect(id) == 1)
    for given in try await site.desk.store.verdict(id).authorisations {
      _ = try await site.desk.counter.erase(given, at: Self.noon)
    }
    #expect(try await package(id).missing.count == 2)
    await site.close()
  }

  @Test func whatIsRevokedIsTakenOutAndWhatHasEndedStays() async throws {
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    var ids: [AuthorisationID] = []
    for kind in [CertificateKind.identityCard, .propertyDeed] {
      let (kept, _) = try await site.desk.counter.authorise(
        NewAuthorisation(
          means: .counter, holder: PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X"),
          given: Bench.moment.advanced(bySeconds: -60), until: Self.noon.advanced(bySeconds: 60),
          kinds: [kind], purposes: ["supply-application"], application: nil, channel: "counter",
          operator: "拟经办"), at: Bench.moment)
      ids.append(kept.id)
    }
    let id = try await evaluate(
      SupplyDeskTests.form.replacing("organisation", with: "person")
        .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X"))
    #expect(try await connect(id) == 1)
    // Both have ended by now.
    #expect(try await package(id).missing == [])
    _ = try await site.desk.counter.revoke(ids[1], by: WithdrawnTests.signOff, at: Self.noon)
    let (files, missing) = try await package(id)
    #expect(missing.count == 1 && missing[0].hasPrefix("revoked/crt-"))
    let left = files.keys.filter { $0.hasPrefix("certificates/") }
    #expect(left.count == 1 && !left.contains { $0.contains(missing[0].dropFirst("revoked/".count)) })
    await site.close()
  }
}
