import Certificates
import Exchanges
import SQLDatabase
import Testing

@testable import Registry

@Suite struct EvidenceUseTests {
  private func uses(_ bench: RegistryBench, _ ids: ClosedRange<Int64>) async throws -> [EvidenceUse?] {
    let registry = bench.registry
    let found = try await bench.database.read { reader in
      try registry.evidence(among: ids.map { ExchangeID($0) }, in: reader)
    }
    return ids.map { found[ExchangeID($0)] }
  }

  @Test func whatWasReplacedIsPastAndWhatWasRepeatedIsNone() async throws {
    let bench = try await RegistryBench(Precedence([.businessLicence: ["a", "b"]]))
    // 1 is replaced by 2, which 3 repeats; 4 is what another platform says, and is outranked.
    _ = try await bench.store([Sample.observation(Sample.licence(address: "old"), exchange: 1)])
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "new"), exchange: 2, received: 2_000)
    ])
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "new"), exchange: 3, received: 3_000)
    ])
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "else"), platform: "b", exchange: 4, received: 4_000)
    ])
    #expect(try await uses(bench, 1...5) == [.past, .present, nil, .present, nil])
    // What b says now makes its former word a past one.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "else again"), platform: "b", exchange: 5, received: 5_000)
    ])
    #expect(try await uses(bench, 1...5) == [.past, .present, nil, .past, .present])
    await bench.close()
  }

  @Test func aPageIsPresentAsLongAsOneOfItsRowsIs() async throws {
    let bench = try await RegistryBench()
    let codes = ["91330199TX00000017", "91330199TX00000025"]
    _ = try await bench.store(
      codes.map { Sample.observation(Sample.licence($0, address: "old"), exchange: 1) })
    for (index, code) in codes.enumerated() {
      #expect(try await uses(bench, 1...1) == [.present])
      _ = try await bench.store([
        Sample.observation(
          Sample.licence(code, address: "new"), exchange: Int64(index + 2), received: 2_000)
      ])
    }
    #expect(try await uses(bench, 1...3) == [.past, .present, .present])
    await bench.close()
  }

  @Test func findsThemByTheirIndexes() async throws {
    let bench = try await RegistryBench()
    let plans = try await bench.database.read { reader in
      try reader.plan(of: "SELECT 1 FROM observation WHERE exchange = ?1 LIMIT 1", [.int(1)])
        + reader.plan(of: "SELECT 1 FROM quarantine WHERE exchange = ?1 LIMIT 1", [.int(1)])
    }
    #expect(
      plans.allSatisfy { $0.contains("USING") && $0.contains("INDEX") && !$0.contains("SCAN") }, "\(plans)")
    await bench.close()
  }
}
