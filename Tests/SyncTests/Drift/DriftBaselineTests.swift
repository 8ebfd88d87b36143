import Exchanges
import Mapping
import TestSupport
import Testing

@testable import Sync

@Suite struct DriftBaselineTests {
  private static func random(_ random: inout SplitMix64) -> DriftBaseline {
    var baseline = DriftBaseline()
    for name in ["it", "它", "a\"b"].prefix(Int.random(in: 0...3, using: &random)) {
      var entity = EntitySurvey()
      entity.rows = Int.random(in: 0...1_000_000, using: &random)
      entity.looked = Int.random(in: 0...entity.rows, using: &random)
      for index in 0..<Int.random(in: 0...8, using: &random) {
        var place = PlaceSurvey()
        place.present = Int.random(in: 0...99, using: &random)
        place.filled = Int.random(in: 0...99, using: &random)
        for shape in PlaceSurvey.Shape.allCases { place[shape] = Int.random(in: 0...99, using: &random) }
        entity.places["$.字段\(index)"] = place
      }
      for facet in Contract.Facet.allCases where Bool.random(using: &random) {
        entity.faults[EntitySurvey.Fault(facet, "basic.state")] = Int.random(in: 1...99, using: &random)
      }
      baseline.entities[name] = entity
    }
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      baseline.volumes.add(
        VolumeHistory.Window(
          rows: Int.random(in: 0...9999, using: &random), seconds: Int.random(in: 0...99_999, using: &random)),
        forgetting: false)
    }
    return baseline
  }

  @Test func whatIsStoredIsReadBack() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 {
      let baseline = Self.random(&random)
      #expect(DriftBaseline(decoding: baseline.encode()) == baseline)
    }
    for text in ["", "{}", "[]", #"{"entities":{"a":1},"volumes":[]}"#, #"{"entities":{},"volumes":[[1]]}"#] {
      #expect(DriftBaseline(decoding: Array(text.utf8)) == nil, "\(text)")
    }
  }

  @Test func nothingIsDriftBeforeItIsSettled() {
    var baseline = DriftBaseline()
    #expect(!baseline.isSettled("it"))
    let window = DriftRulesTests.survey(150, ["$.a": (150, .text)])
    baseline.absorb(["it": window], moved: [])
    #expect(!baseline.isSettled("it"))
    baseline.absorb(["it": window], moved: [])
    #expect(baseline.isSettled("it"))
  }

  /// What was accepted is usual afterwards: the same rows are found no more.
  @Test func aMovedBaselineKnowsWhatItWasMovedTo() throws {
    var baseline = DriftBaseline()
    let fault = EntitySurvey.Fault(.checks, "basic.number")
    baseline.absorb(
      ["it": DriftRulesTests.survey(5000, ["$.a": (5000, .text), "$.b": (5000, .text)])], moved: [])
    let now = DriftRulesTests.survey(
      100, ["$.a": (100, .number), "$.c": (100, .text)], faults: [fault: 40])
    func found() throws -> [DriftFinding] {
      let usual = try #require(baseline.entities["it"])
      return DriftRules.places(of: "it", now, usual) { _ in true } + DriftRules.faults(of: "it", now, usual)
    }
    let first = try found()
    #expect(
      Set(first.map(\.subject.kind)) == [.newField, .vanishedField, .changedType, .failingChecks])
    baseline.absorb(["it": now], moved: Set(first.map(\.subject)))
    #expect(try found() == [])
  }

  @Test func oldRowsWeighLessAndNothingKnownIsForgotten() throws {
    var baseline = DriftBaseline()
    baseline.absorb(["it": DriftRulesTests.survey(100, ["$.once": (1, .text)])], moved: [])
    for _ in 0..<40 {
      baseline.absorb(["it": DriftRulesTests.survey(50_000, ["$.a": (50_000, .text)])], moved: [])
    }
    let entity = try #require(baseline.entities["it"])
    #expect(entity.rows <= DriftBaseline.heaviestRows && entity.places["$.once"]?.present == 1)
    #expect(entity.places["$.a"]?.present ?? 0 >= entity.looked * 99 / 100)
  }

  @Test func onlyTheNewestWindowsAreKept() {
    var history = VolumeHistory()
    for rows in 0..<100 { history.add(VolumeHistory.Window(rows: rows, seconds: 60), forgetting: false) }
    #expect(history.windows.map(\.rows) == Array(70..<100))
    history.add(VolumeHistory.Window(rows: 5, seconds: 60), forgetting: true)
    #expect(history.windows.map(\.rows) == [5])
  }
}
