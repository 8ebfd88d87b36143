import Calendars
import Certificates
import Changes
import CivilTime
import Crypto
import Documents
import Registry
import SQLDatabase
@testable import Supply
import Testing
import Work

/// Applications of several steps: what an earlier one rests on is followed until the customer is connected.
@Suite struct SupplyStepTests {
  private typealias Bench = SupplyBench

  private struct Holding: Prover {
    func prove(_ id: CertificateID) async throws -> CertificateProof {
      CertificateProof(holds: true, fields: [], notes: [])
    }
  }

  private static let noon = Bench.moment.advanced(bySeconds: 4 * 3600)
  private static let form = SupplyDeskTests.form
  private static let completion = form.replacing(#""stage": "application""#, with: #""stage": "completion""#)
    .replacing(
      #""place":"#,
      with:
        #""materials": [{"code": "completion-report", "sm3": "\#(String(repeating: "0f", count: 32))"}], "place":"#
    )

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

  @discardableResult
  private func evaluate(_ form: String, at moment: Timestamp = Bench.moment) async throws -> KeptVerdict {
    try await Self.evaluate(form, site, at: moment)
  }

  @discardableResult
  private static func evaluate(
    _ form: String, _ site: SupplySite, at moment: Timestamp = Bench.moment
  ) async throws -> KeptVerdict {
    try await site.desk.evaluate(try SupplyDeskTests.read(form), for: nil, at: moment).kept
  }

  private func connect(_ id: SupplyApplicationID) async throws -> Int? {
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    let store = site.desk.store
    return try await site.database.read { try store.pinned(id, $0)?.verdict }
  }

  private func missing(_ id: SupplyApplicationID) async throws -> [String] {
    try await archivist.contents(of: id, at: Self.noon).missing.map(\.word)
  }

  private static func words(_ kept: KeptVerdict?) throws -> String? {
    guard let kept else { return nil }
    let property = try kept.document.root["verdict"]?["requirements"]?.elements
      .first { $0["requirement"]?.string == "property" }?["state"]?.string
    return "\(kept.version) \(try kept.step) \(property ?? "-")"
  }

  @Test func whatAnEarlierStepRestsOnIsFollowed() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await evaluate(Self.form).application
    try await evaluate(Self.completion)
    try await site.store([Bench.deed(of: Bench.company, ["specific.seized": "true"])])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Self.noon) >= 1)
    #expect(try Self.words(try await site.desk.store.verdict(id)) == "3 application missing")
    let told = try await site.feed.page(after: 0, kinds: [.supplyChanged], limit: 10).changes
    #expect(told.count == 1)
    #expect(try await connect(id) == nil)
    #expect(try await missing(id) == ["requirement/property"])
    // It is free again.
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Self.noon) >= 1)
    #expect(try Self.words(try await site.desk.store.verdict(id)) == "4 application certificate")
    #expect(try await missing(id) == [])
    await site.close()
  }

  /// Nobody has looked at the changes yet when the customer is connected.
  @Test(arguments: [false, true])
  func aConnectionRestsOnWhatHoldsThen(isLater: Bool) async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await evaluate(Self.form).application
    if isLater { try await evaluate(Self.completion) }
    try await site.store([Bench.deed(of: Bench.company, state: "04")])
    #expect(try await connect(id) == nil)
    #expect(try await missing(id) == ["requirement/property"])
    #expect(try Self.words(try await site.desk.store.verdict(id)) == "\(isLater ? 3 : 2) application missing")
    await site.close()
  }

  @Test func whatComesLaterMeetsTheEarlierStep() async throws {
    try await site.store([Bench.licence])
    let id = try await evaluate(Self.form).application
    try await evaluate(Self.completion)
    #expect(try await missing(id) == ["connection", "contract", "requirement/property"])
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Self.noon) >= 1)
    #expect(try Self.words(try await site.desk.store.verdict(id)) == "3 application certificate")
    #expect(try await connect(id) == 3)
    #expect(try await missing(id) == [])
    let counted = try await site.database.read {
      try $0.first("SELECT subject, property FROM supply_order") { [$0.text(0), $0.text(1)] }
    }
    #expect(counted == ["certificate", "certificate"], "it came online")
    await site.close()
  }

  /// The form that came last is the application's, those of the other steps lie beside it, each once.
  @Test func eachStepHasItsLatestForm() async throws {
    let store = site.desk.store
    func steps(_ id: SupplyApplicationID) async throws -> [String] {
      try await store.applications(id, requestID: "r").map { "\($0.form.step) \($0.form.bytes.count)" }
    }
    let id = try await evaluate(
      Self.form.replacing(#""stage": "application""#, with: #""stage": "booking""#)
    ).application
    try await evaluate(Self.form)
    // A booking asks for nothing.
    let first = try SupplyDeskTests.read(Self.form).bytes.count
    #expect(try await steps(id) == ["application \(first)"])
    try await evaluate(Self.completion)
    let last = try SupplyDeskTests.read(Self.completion).bytes.count
    #expect(try await steps(id) == ["application \(first)", "completion \(last)"])
    let grown = Self.form.replacing("新县光明茶厂", with: "新县光明茶社二")
    try await evaluate(grown)
    #expect(
      try await steps(id)
        == ["completion \(last)", "application \(try SupplyDeskTests.read(grown).bytes.count)"])
    try await evaluate(Self.completion)
    #expect(try await steps(id).count == 2)
    // They are sealed with the others, and go with them.
    let keys = try await RegistryKeys.rotate(site.database, ring: site.ring)
    let rotated = SupplyStore(database: site.database, keys: keys)
    #expect(try await rotated.resealOutdated(after: 0, limit: 10).resealed == 2 + 5)
    #expect(try await rotated.countOutdated(after: 0, limit: 10).outdated == 0)
    #expect(try await rotated.applications(id, requestID: "r").count == 2)
    _ = try await site.database.write { try rotated.erase(id, in: $0, now: Bench.moment) }
    let left = try await site.database.read { reader in
      try reader.int("SELECT count(*) FROM supply_step") + reader.int("SELECT count(*) FROM supply_key")
    }
    #expect(left == 0)
    await site.close()
  }

  @Test func aFormThatStaysAsItIsIsFollowedUntilTheCustomerIsConnected() async throws {
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await evaluate(Self.form).application
    let late = Bench.moment.advanced(bySeconds: 190 * 86_400)
    let watch = SupplyWatch(site.desk, site.following, now: { late })
    try await site.store([Bench.deed(of: Bench.company, state: "04")])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: late) == 1)
    #expect(try await site.desk.verdict(id, at: late).version == 2)
    await site.close()
  }

  /// The change feed does not tell of everything: a copy was restored, or nobody looked for too long.
  @Test func whereTheFeedDoesNotTellAllAreJudgedAnew() async throws {
    try await site.store([Bench.licence])
    for number in 1...3 {
      try await evaluate(Self.form.replacing("GD-1", with: "GD-\(number)"))
    }
    let last = SupplyApplicationID(rawValue: 3)
    _ = try await site.database.write { [store = site.desk.store] in
      try store.erase(last, in: $0, now: Bench.moment)
    }
    _ = try await watch.look()
    try await site.store([Bench.deed(of: Bench.company)])
    try await site.database.write {
      _ = try $0.execute("UPDATE supply_watch SET place = place + 1000")
    }
    #expect(try await watch.look() == 2)
    #expect(try await site.work(at: Self.noon) == 2)
    for number: Int64 in 1...2 {
      let latest = try await site.desk.store.verdict(SupplyApplicationID(rawValue: number))
      #expect(try Self.words(latest) == "2 application certificate")
    }
    #expect(try await watch.look() == 0)
    // One portion after the other.
    try await site.database.write { _ = try $0.execute("UPDATE supply_watch SET walked = 1") }
    #expect(try await watch.look() == 1)
    #expect(try await watch.look() == 0)
    await site.close()
  }

  // MARK: Steps that nobody has judged.

  private static func high(_ stage: String, _ facts: String = "", _ more: String = "") -> String {
    let place = Bench.place.address
    return """
      {"number": "GD-H", "region": "110000", "day": "2022-03-01", \(more)
       "facts": {"voltage": 10, "capacity": 630, "customer": "other", "business": "new", \(facts) "stage": "\(stage)"},
       "applicant": {"type": "organisation", "name": "\(Bench.company.name)", "code": "91411523MA3X8L9K7C"},
       "designer": {"type": "organisation", "name": "\(Bench.planner.name)", "code": "914115000000000002"},
       "contractor": {"type": "organisation", "name": "\(Bench.builder.name)", "code": "914115000000000001"},
       "place": {"address": "\(place)", "projectCode": "2201-411523-04-01-123456"}}
      """
  }

  private static func materials(_ codes: String...) -> String { materials(codes) }

  private static func materials(_ codes: [String]) -> String {
    let list = codes.map { #"{"code": "\#($0)", "sm3": "\#(String(repeating: "0f", count: 32))"}"# }
    return #""materials": [\#(list.joined(separator: ", "))],"#
  }

  @Test func stepsThatNobodyHasJudgedAreMissed() async throws {
    try await site.store([
      Bench.licence, Bench.deed(of: Bench.company), Bench.project(of: Bench.company),
      Bench.designLicence, Bench.contractorLicence,
    ])
    let id = try await evaluate(Self.high("application")).application
    let steps = ["stage/design-review", "stage/intermediate-check", "stage/completion"]
    #expect(try await connect(id) == nil)
    #expect(try await missing(id) == steps)
    #expect(ArchivePart.stage("completion").title == "竣工检验：未作判定")
    try await evaluate(
      Self.high("design-review", "", Self.materials("design-documents")))
    try await evaluate(Self.high("intermediate-check", "", Self.materials("concealed-works")))
    #expect(try await missing(id) == [steps[2]])
    try await evaluate(Self.high("completion", "", Self.materials("completion-report")))
    #expect(try await missing(id) == [])
    let work = ArchiveHandler(archivist, now: { Self.noon })
    while let lease = try await site.queue.claim(
      kinds: [.archive], limit: 1, lease: .seconds(60), now: Self.noon
    ).first {
      try await work.perform(lease)
    }
    #expect(try await site.desk.store.archiveStanding(id)?.archived == Self.noon)
    await site.close()
  }

  /// Where no platform tells of the licences of designers and contractors, the paper is what there is.
  @Test func theirPapersKeepNoArchiveOpenWhereNoPlatformTells() async throws {
    let bare = try await SupplySite(reach: [:])
    let archivist = SupplyArchivist(bare.desk, bare.following, calendar: .china, prover: Holding()) {
      _, _, _ in []
    }
    try await bare.store([Bench.licence, Bench.deed(of: Bench.company), Bench.project(of: Bench.company)])
    let id = try await Self.evaluate(Self.high("application"), bare).application
    for (stage, codes) in [
      ("design-review", ["design-qualification", "design-documents"]),
      ("intermediate-check", ["contractor-licence", "concealed-works"]),
      ("completion", ["completion-report"]),
    ] {
      try await Self.evaluate(Self.high(stage, "", Self.materials(codes)), bare)
    }
    _ = try await archivist.connected(id, at: Bench.moment, contracts: ["HT-1"], now: Self.noon)
    let store = bare.desk.store
    let pin = try await bare.database.read { try store.pinned(id, $0) }
    #expect(pin?.verdict == 4)
    #expect(try await archivist.contents(of: id, at: Self.noon).missing.isEmpty)
    await bare.close()
    await site.close()
  }

  @Test func anApplicationThatWasNeverJudgedAsOneIsMissed() async throws {
    let id = try await evaluate(Self.completion).application
    #expect(try await missing(id) == ["connection", "contract", "stage/application"])
    await site.close()
  }

  @Test(arguments: [
    (#""works": "none","#, false), (#""works": "poles-lines","#, true), (#""length": 200,"#, true),
    (#""digs-road": true,"#, true), (#""digs-road": false, "occupies-road": false,"#, false), ("", false),
  ])
  func aLineNeedsACase(_ facts: String, isNeeded: Bool) async throws {
    let id = try await evaluate(Self.high("application", facts)).application
    #expect(try await missing(id).contains("permit") == isNeeded)
    // What a later form leaves out was said all the same.
    try await evaluate(Self.high("completion"))
    #expect(try await missing(id).contains("permit") == isNeeded)
    await site.close()
  }
}
