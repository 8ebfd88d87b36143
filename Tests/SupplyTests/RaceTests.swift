import Applications
import Authorisations
import Certificates
import CivilTime
import Documents
import Exchanges
import Materials
import Policies
import Registry
import SQLDatabase
import Synchronization
import Testing

@testable import Supply

/// What comes while an application is judged: it is in the verdict, or has it judged anew.
@Suite struct RaceTests {
  private typealias Bench = SupplyBench

  private static let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")
  private static let empty = Dictionary(
    uniqueKeysWithValues: CertificateKind.allCases.map { ($0, SupplyReach.absent) })

  /// What is done once, at a place that a test cannot reach.
  final class Hook: Sendable {
    private let action = Mutex<(@Sendable () async throws -> Void)?>(nil)
    private let problem = Mutex<String?>(nil)

    func set(_ new: @escaping @Sendable () async throws -> Void) { action.withLock { $0 = new } }

    func run() async {
      let action = action.withLock { action in
        defer { action = nil }
        return action
      }
      do { try await action?() } catch { problem.withLock { $0 = "\(error)" } }
    }

    /// What went wrong, and that it was done.
    var outcome: String? {
      problem.withLock { $0 } ?? (action.withLock { $0 == nil } ? nil : "it was never done")
    }
  }

  /// A platform of deeds that has none, or is down.
  private static func deeds(_ hook: Hook, _ teller: SupplyTeller, isUp: Bool = true) -> SupplyQuery {
    SupplyQuery(platform: "land", operation: "deeds", kinds: [.propertyDeed], needs: [.holderCode]) { _ in
      await hook.run()
      guard isUp, let id = try? await teller.tell([], at: Bench.moment) else {
        return .failed(code: "connection", exchange: nil)
      }
      return .told(.init(exchange: id, received: Bench.moment, isWhole: true))
    }
  }

  private static func state(_ kept: KeptVerdict, _ requirement: String = "property") throws -> String? {
    try kept.document.root["verdict"]?["requirements"]?.elements
      .first { $0["requirement"]?.string == requirement }?["state"]?.string
  }

  private static let personForm = SupplyDeskTests.form.replacing("organisation", with: "person")
    .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X")

  /// The form that somebody sends in place of the first: it names a deed.
  private static let newer = SupplyDeskTests.form.replacing(
    #""place":"#,
    with:
      #""materials": [{"code": "property-deed", "sm3": "\#(String(repeating: "0f", count: 32))"}], "place":"#
  )

  @Test func whatIsHandedInWhilePlatformsAreAskedIsInTheVerdict() async throws {
    let hook = Hook()
    let site = try await SupplySite(reach: Self.empty) { [Self.deeds(hook, $0)] }
    hook.set {
      _ = try await site.desk.counter.handIn(
        WithdrawnTests.deed(WithdrawnTests.scans.right), at: Bench.moment)
    }
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(hook.outcome == nil)
    #expect(try Self.state(kept) == "material" && kept.version == 1)
    await site.close()
  }

  @Test func whatIsRevokedWhilePlatformsAreAskedIsInNoVerdict() async throws {
    let hook = Hook()
    let site = try await SupplySite(reach: Self.empty) { [Self.deeds(hook, $0)] }
    try await site.store([Bench.identityCard])
    let holder = PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X")
    let (given, _) = try await site.desk.counter.authorise(
      NewAuthorisation(
        means: .counter, holder: holder, given: Bench.moment.advanced(bySeconds: -60), until: nil,
        kinds: nil, purposes: ["supply-application"], application: nil, channel: "counter", operator: "拟经办"),
      at: Bench.moment)
    // A moment later, which is behind that of the question.
    hook.set {
      _ = try await site.desk.counter.revoke(
        given.id, by: WithdrawnTests.signOff, at: Bench.moment.advanced(bySeconds: 2))
    }
    let (kept, answer) = try await site.desk.evaluate(
      try SupplyDeskTests.read(Self.personForm), for: Self.asker, at: Bench.moment)
    #expect(hook.outcome == nil)
    #expect(try kept.authorisations == [] && kept.certificates == [])
    #expect(answer.certificates == [] && answer.keys == [])
    await site.close()
  }

  @Test func anOlderFormDoesNotOvertakeANewerOne() async throws {
    let hook = Hook()
    let site = try await SupplySite(reach: Self.empty) { [Self.deeds(hook, $0)] }
    hook.set {
      _ = try await site.desk.evaluate(
        try SupplyDeskTests.read(Self.newer), for: nil, at: Bench.moment.advanced(bySeconds: 1))
    }
    do {
      _ = try await site.desk.evaluate(
        try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
      Issue.record("the older form won")
    } catch let error as SupplyError {
      #expect(error.code == .overtaken)
    }
    #expect(hook.outcome == nil)
    let latest = try await site.desk.store.verdict(SupplyApplicationID(rawValue: 1))
    #expect(try latest.version == 1 && Self.state(latest) == "material")
    let held = try await site.desk.store.application(latest.application, requestID: "r")
    #expect(try held?.form.bytes == SupplyDeskTests.read(Self.newer).bytes)
    await site.close()
  }

  @Test func whatJudgesAnewTakesTheFormThatCameMeanwhile() async throws {
    let hook = Hook()
    let site = try await SupplySite(reach: Self.empty) { [Self.deeds(hook, $0, isUp: false)] }
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(try Self.state(kept) == "unchecked")
    let store = site.desk.store
    hook.set {
      _ = try await site.desk.evaluate(
        try SupplyDeskTests.read(Self.newer.replacing("301室", with: "302室")), for: nil, at: Bench.moment)
    }
    _ = try await site.work()
    #expect(hook.outcome == nil)
    let latest = try await store.verdict(kept.application)
    #expect(try Self.state(latest) == "material", "version \(latest.version)")
    await site.close()
  }

  /// The watch passes the certificate by, because no application is found by it yet.
  @Test func aCertificateThatChangesBeforeTheVerdictIsKeptIsNotLost() async throws {
    let hook = Hook()
    let site = try await SupplySite(meanwhile: { await hook.run() })
    try await site.store([Bench.licence])
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    _ = try await watch.look()
    hook.set {
      try await site.store([Bench.deed(of: Bench.company)])
      _ = try await watch.look()
    }
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(hook.outcome == nil)
    #expect(try Self.state(kept) == "missing")
    #expect(try await site.work() == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try Self.state(latest) == "certificate" && latest.version == 2)
    await site.close()
  }

  @Test func whereNobodyHasLookedYetTheWatchBeginsBeforeTheVerdict() async throws {
    let hook = Hook()
    let site = try await SupplySite(meanwhile: { await hook.run() })
    hook.set { try await site.store([Bench.deed(of: Bench.company)]) }
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(try Self.state(kept) == "missing")
    #expect(try await SupplyWatch(site.desk, site.following, now: { Bench.moment }).look() == 1)
    await site.close()
  }

  @Test func aPaperThatIsHandedInBeforeTheVerdictIsKeptIsNotLost() async throws {
    let hook = Hook()
    let site = try await SupplySite(meanwhile: { await hook.run() })
    hook.set {
      _ = try await site.desk.counter.handIn(
        WithdrawnTests.deed(WithdrawnTests.scans.right), at: Bench.moment)
    }
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(hook.outcome == nil)
    #expect(try Self.state(kept) == "missing")
    #expect(try await site.work() == 1)
    #expect(try Self.state(try await site.desk.store.verdict(kept.application)) == "material")
    // Nothing came since.
    #expect(try await site.work() == 0)
    await site.close()
  }

  /// Whoever asked goes away while platforms are waited for: what they sent is judged all the same.
  @Test(arguments: [false, true])
  func aFormWhoseCallerGoesAwayIsJudged(isNew: Bool) async throws {
    let (started, start) = AsyncStream<Void>.makeStream()
    let asked = Mutex(0)
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        SupplyQuery(platform: "land", operation: "deeds", kinds: [.propertyDeed], needs: [.holderCode]) { _ in
          let isFirst = asked.withLock { asked in
            asked += 1
            return asked == 1
          }
          if isFirst {
            start.yield()
            // Until it is broken off.
            try? await Task.sleep(for: .seconds(600))
          }
          guard let id = try? await teller.tell([Bench.deed(of: Bench.company)], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return .told(.init(exchange: id, received: Bench.moment, isWhole: true))
        }
      ]
    }
    try await site.store([Bench.licence])
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    if !isNew { _ = try await site.desk.evaluate(form, for: nil, at: Bench.moment) }
    let grown = try SupplyDeskTests.read(SupplyDeskTests.form.replacing("新县光明茶厂", with: "新县光明茶社"))
    let moment = Bench.moment.advanced(bySeconds: 60)
    let task = Task { try await site.desk.evaluate(grown, for: Self.asker, at: moment) }
    for await _ in started { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    let late = moment.advanced(bySeconds: 3 + SupplyFollowing.grace)
    _ = try await site.work(at: late)
    let latest = try await site.desk.store.verdict(SupplyApplicationID(rawValue: 1))
    #expect(try latest.created == late && Self.state(latest) == "fetched")
    #expect(latest.version == (isNew ? 1 : 2))
    // Certificates that change find it.
    #expect(try await site.database.read { try $0.int("SELECT count(*) FROM supply_key") } > 0)
    await site.desk.close()
    await site.close()
  }

  /// One that has its verdict is not judged once more for that.
  @Test func aFormWhoseCallerStaysIsJudgedOnce() async throws {
    let site = try await SupplySite(reach: Self.empty) { [Self.deeds(Hook(), $0)] }
    try await site.store([Bench.licence])
    _ = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 3600)) == 0)
    await site.close()
  }

  /// Where nothing has to be asked the form is kept with its verdict, and in no transaction of its own.
  @Test func whereNobodyIsAskedNothingIsKeptBeforeTheVerdict() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    struct Undone: Error {}
    await #expect(throws: Undone.self) {
      _ = try await site.desk.evaluate(
        try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment
      ) { _, _ in throw Undone() }
    }
    #expect(try await site.database.read { try $0.int("SELECT count(*) FROM supply_application") } == 0)
    await site.close()
  }
}
