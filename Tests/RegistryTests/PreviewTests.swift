import Certificates
import SQLDatabase
import TestSupport
import Testing

@testable import Registry

/// What a preview says is what storing does, whatever comes in whatever order.
@Suite struct PreviewTests {
  /// Few certificates and few words, so that everything comes again, too late, and from both platforms.
  private static func observations(_ count: Int, _ random: inout SplitMix64) -> [Observation] {
    (0..<count).map { index in
      let record = Sample.licence(
        Sample.code.dropLast() + "\(Int.random(in: 1...4, using: &random))",
        address: "拟\(Int.random(in: 1...3, using: &random))路",
        updated: Bool.random(using: &random) ? Int64.random(in: 1...4, using: &random) * 1000 : nil,
        verification: Verification.allCases.randomElement(using: &random))
      return Sample.observation(
        record, platform: Bool.random(using: &random) ? "a" : "b", exchange: Int64(index + 1),
        received: Int64.random(in: 1...5, using: &random) * 1000)
    }
  }

  /// With too little room it says so; what is new is counted again rather than not at all.
  @Test func aPreviewThatForgetsSaysSo() async throws {
    var random = SplitMix64(seed: 29)
    for _ in 0..<20 {
      let bench = try await RegistryBench(Precedence())
      let registry = bench.registry
      let pages = try (0..<5).map { _ in try registry.prepare(Self.observations(8, &random)) }
      let outlook = StoreOutlook(most: 2)
      var (foretold, stored) = (StoreCounts(), StoreCounts())
      for page in pages {
        foretold += try await bench.database.read {
          try registry.effect(of: page, after: outlook, in: $0).counts
        }
      }
      for page in pages { stored += try await bench.database.write { try registry.store(page, in: $0) } }
      #expect(!outlook.isExact && foretold.new >= stored.new)
      await bench.close()
    }
  }

  @Test func aPreviewSaysExactlyWhatStoringDoes() async throws {
    var random = SplitMix64(seed: 23)
    for round in 0..<30 {
      let order = round % 3 == 0 ? [] : round % 3 == 1 ? ["a"] : ["b", "a"]
      let bench = try await RegistryBench(Precedence([.businessLicence: order]))
      let registry = bench.registry
      _ = try await bench.store(Self.observations(Int.random(in: 0...20, using: &random), &random))
      let pages = (0..<5).map { _ in Self.observations(8, &random) }
      let prepared = try pages.map { try registry.prepare($0) }
      let outlook = StoreOutlook()
      var foretold: [StoreCounts] = []
      for page in prepared {
        foretold.append(
          try await bench.database.read { try registry.effect(of: page, after: outlook, in: $0).counts })
      }
      #expect(outlook.isExact)
      for (page, counts) in zip(prepared, foretold) {
        let stored = try await bench.database.write { try registry.store(page, in: $0) }
        #expect(stored == counts, "round \(round)")
      }
      await bench.close()
    }
  }
}
