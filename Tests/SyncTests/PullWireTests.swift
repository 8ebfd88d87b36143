import Adapters
import Exchanges
import Journal
import Registry
import SQLDatabase
import Testing

@testable import Sync

/// The network is lost in the middle of a body while something is pulled.
@Suite struct PullWireTests {
  /// Half of the question arrives where it has a body, or half of the page; at the first call, which is for a token where there are tokens.
  @Test(
    arguments: [
      ("real-estate-xml/deeds", [.request(after: 3)]), ("real-estate-xml/deeds", [.response(after: 20)]),
      (
        "real-estate-xml/deeds",
        [.response(after: 20), .request(after: 3), .response(after: 0), .request(after: 3)]
      ), ("national-exchange/contractor-licences", [.response(after: 20)]),
      ("zhejiang-public-data/property-deed", [.response(after: 20), .response(after: 0)]),
    ] as [(String, [Wire.Cut])])
  func whatIsCutIsPulledAgain(_ name: String, _ cuts: [Wire.Cut]) async throws {
    let wire = Wire(cuts: cuts)
    defer { wire.stop() }
    try await SyncBench.run { bench in
      wire.start()
      let parts = name.split(separator: "/").map(String.init)
      let engine = try await bench.engine()
      let runner = try engine.runner(parts[0], parts[1], url: { wire.url($0) })
      var runs = 0
      while true {
        runs += 1
        guard let problem = await runner.run(requestID: "r").problem else { break }
        #expect(problem.errorClass == .transient, "\(problem)")
        try #require(runs < 8, "\(problem)")
      }
      #expect(wire.accepted > cuts.count, "each cut was met")
      // Half a page is kept as what it is, and nothing is made of it.
      let broken = try await engine.journal.list(ExchangeFilter(problemClass: .transient))
      #expect(!broken.isEmpty && broken.allSatisfy { $0.outcome != .succeeded })
      let other = try await bench.engine("b")
      _ = try await other.runner(parts[0], parts[1]).run(requestID: "r")
      #expect(try await engine.content() == other.content())
      #expect(try await engine.registry.quarantined().isEmpty)
      _ = try await engine.journal.checkpoint()
      #expect(try await Journal.verify(engine.database).finding == nil)
      await engine.database.close()
      await other.database.close()
    }
  }
}
