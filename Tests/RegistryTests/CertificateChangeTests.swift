import Certificates
import Changes
import CivilTime
import Documents
import Exchanges
import SQLDatabase
import Testing

@testable import Registry

/// What the registry tells the feed.
@Suite struct CertificateChangeTests {
  private struct Bench {
    let inner: RegistryBench
    let registry: Registry
    let feed: ChangeFeed

    init(_ precedence: Precedence = Precedence(), off: Set<ChangeKind> = []) async throws {
      inner = try await RegistryBench(precedence)
      _ = try await inner.database.migrate(ChangesSchema.component)
      feed = ChangeFeed(database: inner.database, off: off)
      registry = Registry(
        database: inner.database, keys: try await RegistryKeys.open(inner.database, ring: inner.ring),
        precedence: precedence, changes: feed)
    }

    func store(_ observations: Observation...) async throws {
      let (registry, now) = (registry, observations.last?.received ?? .now())
      let prepared = try registry.prepare(observations)
      _ = try await inner.database.write { try registry.store(prepared, in: $0, now: now) }
    }

    func told(after place: Int64 = 0) async throws -> [Change] {
      try await feed.page(after: place, kinds: Set(ChangeKind.allCases), limit: 1000).changes
    }
  }

  @Test func newAndChangedCertificatesAreToldAndNothingElse() async throws {
    let bench = try await Bench(Precedence([.businessLicence: ["a", "b"]]))
    let other = "91330199TX00000025"
    try await bench.store(
      Sample.observation(Sample.licence(updated: 1)), Sample.observation(Sample.licence(other, updated: 1)))
    // Said again; outranked by the other platform's word; older than what is known.
    try await bench.store(Sample.observation(Sample.licence(updated: 1), exchange: 2, received: 2000))
    try await bench.store(
      Sample.observation(Sample.licence(address: "拟三路3号", updated: 9), platform: "b", exchange: 3))
    #expect(try await bench.told().count == 2)
    try await bench.store(
      Sample.observation(Sample.licence(address: "拟二路2号", updated: 5), exchange: 4, received: 5000))
    let told = try await bench.told()
    #expect(told.map(\.kind) == Array(repeating: .certificateChanged, count: 3))
    #expect(told[0].subject == told[2].subject && told[0].subject != told[1].subject)
    #expect(CertificateID(rawValue: told[2].subject) != nil)
    let details = try told.map { try JSONDocument(parsing: $0.details).root }
    #expect(details.map { $0["version"]?.integer } == [1, 1, 2])
    #expect(
      details[2]["certificateKind"]?.string == "business-licence" && told[2].moment.milliseconds == 5000)
    for change in told {
      let text = String(decoding: change.details, as: UTF8.self)
      #expect(!text.contains("拟") && !text.contains(Sample.code))
    }
    await bench.inner.close()
  }

  @Test func disagreementsAreToldWhenTheyOpenAndEnd() async throws {
    let bench = try await Bench()
    func say(_ platform: String, _ address: String, at time: Int64) async throws -> [String] {
      let place = try await bench.feed.end()
      try await bench.store(
        Sample.observation(
          Sample.licence(address: address, updated: time), platform: platform, exchange: time, received: time)
      )
      try await bench.registry.compareObservations(at: Timestamp(milliseconds: time))
      return try await bench.told(after: place).filter { $0.kind != .certificateChanged }.map {
        "\($0.kind.rawValue) \($0.subject)"
      }
    }
    #expect(try await say("a", "拟一路1号", at: 1000) == [])
    #expect(try await say("b", "拟二路2号", at: 2000) == ["disagreement.opened disagreement-1"])
    // Other words are another disagreement; the same ones are not.
    #expect(try await say("b", "拟三路3号", at: 3000) == ["disagreement.opened disagreement-1"])
    #expect(try await say("b", "拟三路3号", at: 4000) == [])
    #expect(try await say("b", "拟一路1号", at: 5000) == ["disagreement.ended disagreement-1"])
    #expect(try await say("a", "拟四路4号", at: 6000) == ["disagreement.opened disagreement-1"])
    let id = DisagreementID(rawValue: 1)
    try await bench.registry.dismiss(id, by: "拟某", reason: "拟", at: Timestamp(milliseconds: 7000))
    let last = try #require(try await bench.told().last)
    #expect(
      last.kind == .disagreementEnded
        && String(decoding: last.details, as: UTF8.self) == #"{"state":"dismissed"}"#)
    await bench.inner.close()
  }

  @Test func whatASiteHasSwitchedOffIsNotKept() async throws {
    let bench = try await Bench(off: [.certificateChanged])
    try await bench.store(Sample.observation(Sample.licence()))
    #expect(try await bench.told().isEmpty)
    await bench.inner.close()
  }
}
