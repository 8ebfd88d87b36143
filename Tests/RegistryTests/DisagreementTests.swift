import Certificates
import CivilTime
import Documents
import SQLDatabase
import Testing

@testable import Registry

@Suite struct DisagreementTests {
  private static func time(_ value: Int64) -> Timestamp { Timestamp(milliseconds: value) }

  private func compare(_ bench: RegistryBench, at time: Int64 = 5000) async throws -> Int {
    try await bench.registry.compareObservations(at: Self.time(time))
  }

  @Test func whatTwoPlatformsSayIsComparedOnceASecondOneSpeaks() async throws {
    let bench = try await RegistryBench(Precedence([.businessLicence: ["b", "a"]]))
    _ = try await bench.store([Sample.observation(Sample.licence(), platform: "a")])
    #expect(try await compare(bench) == 0)
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "b", exchange: 2, received: 2000)
    ])
    #expect(try await compare(bench) == 1)
    let found = try await bench.registry.disagreements()
    #expect(found.count == 1)
    let one = try #require(found.first)
    #expect(one.field == "specific.address" && one.platforms == ["a", "b"] && one.prevailing == "b")
    #expect(one.state == .open && one.opened == Self.time(5000) && one.kind == .businessLicence)
    #expect(one.observations == [1, 2])
    #expect(try await bench.registry.disagreement(one.id) == one)
    // The same words again are nothing new, and cost no comparison.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "b", exchange: 3, received: 3000)
    ])
    #expect(try await compare(bench, at: 6000) == 0)
    // They agree again.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "a", exchange: 4, received: 4000)
    ])
    #expect(try await compare(bench, at: 7000) == 1)
    let resolved = try #require(try await bench.registry.disagreement(one.id))
    #expect(resolved.state == .resolved && resolved.ended == Self.time(7000))
    #expect(try await bench.registry.disagreements().isEmpty)
    // And differ once more: the same row is open again.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟三路3号"), platform: "a", exchange: 5, received: 5000)
    ])
    _ = try await compare(bench, at: 8000)
    let again = try #require(try await bench.registry.disagreement(one.id))
    #expect(again.state == .open && again.opened == Self.time(8000) && again.ended == nil)
    await bench.close()
  }

  @Test func spellingsAndWhatOnlyOneSaysAreNoDisagreement() async throws {
    let bench = try await RegistryBench()
    var other = Sample.licence(name: "拟某电气有限公司 ")
    if let field = FieldSchema.field(path: "specific.address", kind: .businessLicence) {
      other.specific[field] = nil
    }
    if let field = FieldSchema.field(path: "specific.businessScope", kind: .businessLicence) {
      other.specific[field] = .text("供电")
    }
    _ = try await bench.store([
      Sample.observation(Sample.licence(), platform: "a"), Sample.observation(other, platform: "b"),
    ])
    #expect(try await compare(bench) == 1)
    #expect(try await bench.registry.disagreements(DisagreementFilter(states: [])).isEmpty)
    await bench.close()
  }

  @Test func aDismissedOneStaysSoWhileTheySayTheSame() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([
      Sample.observation(Sample.licence(), platform: "a"),
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "b"),
    ])
    _ = try await compare(bench)
    let id = try #require(try await bench.registry.disagreements().first).id
    let dismissed = try await bench.registry.dismiss(id, by: "拟某", reason: "门牌新旧", at: Self.time(6000))
    #expect(dismissed.state == .dismissed && dismissed.endedBy == "拟某" && dismissed.reason == "门牌新旧")
    await #expect(throws: RegistryError.self) {
      try await bench.registry.dismiss(id, by: "b", reason: "c", at: Self.time(6001))
    }
    // Another field changes: the address is still the two it was.
    _ = try await bench.store([
      Sample.observation(
        Sample.licence(name: "拟某贰公司", address: "拟二路2号"), platform: "b", exchange: 2, received: 7000)
    ])
    _ = try await compare(bench, at: 7000)
    #expect(try await bench.registry.disagreement(id)?.state == .dismissed)
    // Now it is something else.
    _ = try await bench.store([
      Sample.observation(
        Sample.licence(name: "拟某贰公司", address: "拟九路9号"), platform: "b", exchange: 3, received: 8000)
    ])
    _ = try await compare(bench, at: 8000)
    let open = try #require(try await bench.registry.disagreement(id))
    #expect(open.state == .open && open.endedBy == nil && open.reason == nil)
    await bench.close()
  }

  @Test func whatIsSaidStandsNowhereInTheLedger() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([
      Sample.observation(Sample.licence(), platform: "a"),
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "b"),
    ])
    _ = try await compare(bench)
    let id = try #require(try await bench.registry.disagreements().first).id
    try await bench.registry.dismiss(id, by: "拟操作员", reason: "拟原因", at: Self.time(1))
    let texts = try await bench.database.read { reader in
      try reader.query("SELECT * FROM disagreement") { row in
        (0..<15).map { column -> String in
          switch row.value(column) {
          case .text(let text): text
          case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
          default: ""
          }
        }.joined(separator: "\n")
      }
    }
    #expect(texts.count == 1)
    for secret in ["拟一路", "拟二路", "拟操作员", "拟原因", Sample.code] { #expect(!texts[0].contains(secret)) }
    // After a rotation it opens all the same.
    let keys = try await RegistryKeys.rotate(bench.database, ring: bench.ring)
    let rotated = Registry(database: bench.database, keys: keys)
    #expect(try await rotated.resealDisagreements() == 1)
    #expect(try await rotated.resealDisagreements() == 0)
    #expect(try await rotated.disagreement(id)?.reason == "拟原因")
    await bench.close()
  }

  @Test func anObjectionNamesBothWords() async throws {
    let bench = try await RegistryBench(Precedence([.businessLicence: ["b", "a"]]))
    _ = try await bench.store([
      Sample.observation(Sample.licence(), platform: "a"),
      Sample.observation(Sample.licence(address: "拟二路2号"), platform: "b"),
    ])
    _ = try await compare(bench)
    let id = try #require(try await bench.registry.disagreements().first).id
    let objection = try await bench.registry.objection(to: id)
    var writer = JSONWriter()
    objection.write(to: &writer)
    let json = try JSONDocument(parsing: writer.takeBytes()).root
    #expect(
      json.members.map(\.key) == [
        "platform", "certificateNumber", "certificateKind", "field", "observed", "expected", "grounds",
      ])
    #expect(json["platform"]?.string == "a" && json["certificateNumber"]?.string == Sample.code)
    #expect(json["observed"]?.string == "拟一路1号" && json["expected"]?.string == "拟二路2号")
    let registry = bench.registry
    func mark(_ objection: DataObjection) async throws {
      try await bench.database.write {
        try registry.markObjected(id, sayingSince: objection.since, at: Self.time(9), in: $0)
      }
    }
    // Between the reading and the telling one of the two came to say something else: nobody is told of that with the old words.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟三路3号"), platform: "b")
    ])
    #expect(try await compare(bench, at: 6000) == 1)
    let error = await #expect(throws: RegistryError.self) { try await mark(objection) }
    #expect(error?.code == .wrongState && error?.message.contains("something else") == true)
    #expect(try await registry.disagreement(id)?.state == .open)
    let later = try await registry.objection(to: id)
    #expect(later.expected == "拟三路3号" && later.since > objection.since)
    try await mark(later)
    #expect(try await registry.disagreement(id)?.state == .objected)
    await #expect(throws: RegistryError.self) { try await mark(later) }
    await #expect(throws: RegistryError.self) {
      _ = try await registry.objection(to: DisagreementID(rawValue: 99))
    }
    await bench.close()
  }

  @Test func listsAreFilteredAndPaged() async throws {
    let bench = try await RegistryBench()
    let codes = ["91330199TX00000017", "91330199TX00000025", "91330199TX00000033"]
    for (index, code) in codes.enumerated() {
      _ = try await bench.store([
        Sample.observation(Sample.licence(code, name: "拟甲"), platform: "a"),
        Sample.observation(
          Sample.licence(code, name: "拟乙", address: "拟二路2号"), platform: index == 0 ? "c" : "b"),
      ])
    }
    #expect(try await bench.registry.compareObservations(at: Self.time(1), portion: 2) == 3)
    func list(_ change: (inout DisagreementFilter) -> Void) async throws -> Int {
      var filter = DisagreementFilter()
      change(&filter)
      return try await bench.registry.disagreements(filter).count
    }
    #expect(try await list { _ in } == 6)
    #expect(try await list { $0.field = "holder.name" } == 3)
    #expect(try await list { $0.platform = "c" } == 2)
    #expect(try await list { $0.kind = .propertyDeed } == 0)
    #expect(try await list { $0.states = [.resolved] } == 0)
    #expect(try await list { $0.limit = 4 } == 4)
    #expect(try await list { $0.after = DisagreementID(rawValue: 3) } == 2)
    await bench.close()
  }
}
