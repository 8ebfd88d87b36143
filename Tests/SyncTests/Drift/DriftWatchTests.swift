import Exchanges
import Mapping
import TestSupport
import Testing

@testable import Sync

/// The watch over one window, page by page, at random with seeds.
@Suite struct DriftWatchTests {
  private static let gone = DriftSubject(entity: "deed", kind: .vanishedField, subject: "$.zl")

  private func entities() throws -> [CompiledMapping.Entity] {
    try #require(Library.mappings["zhejiang-public-data/property-deed"]).entities
  }

  private static func page(_ rows: Int, has: Bool) -> [String: EntitySurvey] {
    var places: [String: (Int, PlaceSurvey.Shape)] = ["$.bdcqzh": (rows, .text)]
    if has { places["$.zl"] = (rows, .text) }
    return ["deed": DriftRulesTests.survey(rows, places)]
  }

  private static func baseline(_ rows: Int = 1000) -> DriftBaseline {
    var baseline = DriftBaseline()
    baseline.absorb(page(rows, has: true), moved: [])
    return baseline
  }

  /// Wherever in a window a field goes, the first page without it that has rows enough is not let through, and none before it is held.
  @Test func aChangeIsMetAtItsFirstPageHoweverMuchCameBefore() throws {
    var random = SplitMix64(seed: 91)
    for _ in 0..<300 {
      var watch = DriftWatch(try entities(), Self.baseline(), accepted: [])
      for place in 1...Int.random(in: 1...20, using: &random) {
        let rows = Int.random(in: 1...200, using: &random)
        #expect(watch.take(Self.page(rows, has: true), of: ExchangeID(Int64(place))).isEmpty)
      }
      // What is left of the good rows must not hide it for more than a few rows.
      var rows = 0
      while true {
        let size = Int.random(in: 1...60, using: &random)
        rows += size
        let held = watch.take(Self.page(size, has: false), of: ExchangeID(99))
        if !held.isEmpty {
          #expect(held.map(\.subject) == [Self.gone] && held[0].exchange == ExchangeID(99))
          break
        }
        try #require(size < DriftRules.leastRows && rows < 3 * DriftRules.leastRows)
      }
      #expect(watch.takeUntold().isEmpty)
    }
  }

  @Test func whatIsAcceptedPassesOnceUntoldAndIsUsualAfterwards() throws {
    var random = SplitMix64(seed: 92)
    for _ in 0..<100 {
      var watch = DriftWatch(try entities(), Self.baseline(), accepted: [Self.gone])
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        let rows = Int.random(in: 10...99, using: &random)
        #expect(watch.take(Self.page(rows, has: false), of: ExchangeID(1)).isEmpty)
      }
      #expect(watch.takeUntold().isEmpty)
      let learned = watch.learned(VolumeHistory.Window(rows: 10, seconds: 60))
      var next = DriftWatch(try entities(), learned, accepted: [])
      #expect(next.take(Self.page(50, has: false), of: ExchangeID(2)).isEmpty)
      #expect(next.takeUntold().isEmpty)
    }
  }

  @Test func nothingIsHeldBeforeEnoughIsKnown() throws {
    var watch = DriftWatch(try entities(), Self.baseline(DriftBaseline.settledRows - 1), accepted: [])
    #expect(watch.take(Self.page(500, has: false), of: ExchangeID(1)).isEmpty)
    var settled = DriftWatch(try entities(), Self.baseline(DriftBaseline.settledRows), accepted: [])
    #expect(!settled.take(Self.page(500, has: false), of: ExchangeID(1)).isEmpty)
  }

  @Test func whatIsToldIsToldOnceAWindow() throws {
    var watch = DriftWatch(try entities(), Self.baseline(), accepted: [])
    for _ in 0..<3 {
      var page = Self.page(20, has: true)
      var place = PlaceSurvey()
      (place.present, place.filled) = (20, 20)
      place[.text] = 20
      page["deed"]?.places["$.neu"] = place
      #expect(watch.take(page, of: ExchangeID(1)).isEmpty)
    }
    #expect(watch.takeUntold().map(\.subject.subject) == ["$.neu"])
    #expect(watch.takeUntold().isEmpty)
  }

  @Test func anEmptyWindowIsHeldByItsEnd() throws {
    var baseline = Self.baseline()
    for _ in 0..<10 { baseline.volumes.add(VolumeHistory.Window(rows: 500, seconds: 600), forgetting: false) }
    var watch = DriftWatch(try entities(), baseline, accepted: [])
    let window = VolumeHistory.Window(rows: 0, seconds: 600)
    let held = watch.end(window, of: ExchangeID(7))
    #expect(held.map(\.subject.kind) == [.suddenEmptiness] && held[0].exchange == ExchangeID(7))
    // Accepted, it is the beginning of a new history.
    var accepted = DriftWatch(try entities(), baseline, accepted: Set(held.map(\.subject)))
    #expect(accepted.end(window, of: nil).isEmpty)
    #expect(accepted.learned(window).volumes.windows == [window])
  }
}
