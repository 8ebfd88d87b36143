import Mapping
import TestSupport
import Testing

@testable import Sync

@Suite struct DriftRulesTests {
  private static let readAll: @Sendable (String) -> Bool = { _ in true }

  /// A survey in which each place is filled in so many of the rows with one shape.
  static func survey(
    _ rows: Int, _ places: [String: (Int, PlaceSurvey.Shape)], faults: [EntitySurvey.Fault: Int] = [:]
  ) -> EntitySurvey {
    var survey = EntitySurvey()
    survey.rows = rows
    survey.looked = rows
    for (name, (count, shape)) in places {
      var place = PlaceSurvey()
      place.present = count
      place.filled = count
      place[shape] = count
      survey.places[name] = place
    }
    survey.faults = faults
    return survey
  }

  private func found(_ survey: EntitySurvey, _ baseline: EntitySurvey, reads: (String) -> Bool = readAll)
    -> [String]
  {
    DriftRules.places(of: "it", survey, baseline, reads: reads).map {
      "\($0.subject.kind.rawValue) \($0.subject.subject) \($0.facet.rawValue)"
    }
  }

  @Test func aRenamedFieldIsANewOneAndAVanishedOne() {
    let baseline = Self.survey(1000, ["$.a": (1000, .text), "$.b": (990, .text), "$.rare": (400, .text)])
    let now = Self.survey(30, ["$.a": (30, .text), "$.c": (30, .text)])
    #expect(found(now, baseline) == ["new-field $.c fields", "vanished-field $.b fields"])
    #expect(found(now, baseline) { $0 == "$.b" } == ["new-field $.c others", "vanished-field $.b fields"])
    // A field that stands there and never says anything is gone too.
    var empty = Self.survey(30, ["$.a": (30, .text), "$.b": (30, .text)])
    empty.places["$.b"]?.filled = 0
    #expect(found(empty, baseline) == ["vanished-field $.b fields"])
  }

  @Test func whatLiesInsideAnotherIsNotToldTwice() {
    let baseline = Self.survey(
      500, ["$.a": (500, .text), "$.old": (500, .list), "$.old[*].x": (500, .text), "$.older": (500, .text)])
    let now = Self.survey(
      20, ["$.a": (20, .text), "$.new": (20, .object), "$.new.x": (20, .text), "$.older": (20, .text)])
    #expect(found(now, baseline) == ["new-field $.new fields", "vanished-field $.old fields"])
    #expect(found(now, baseline) { $0 == "$.old[*].x" }.contains("vanished-field $.old fields"))
  }

  @Test func aJoinedTableThatIsGoneIsOneThing() {
    let baseline = Self.survey(
      500, ["@A": (500, .text), "owner:@N": (500, .text), "owner:@C": (500, .text), "x:y": (500, .text)])
    let now = Self.survey(20, ["@A": (20, .text), "x:y": (20, .text)])
    #expect(found(now, baseline) == ["vanished-field owner: fields"])
    let half = Self.survey(20, ["@A": (20, .text), "x:y": (20, .text), "owner:@N": (20, .text)])
    #expect(found(half, baseline) == ["vanished-field owner:@C fields"])
  }

  @Test func anotherTypeIsDriftFromAShareOn() {
    let baseline = Self.survey(1000, ["$.a": (1000, .text)])
    func now(_ numbers: Int, of rows: Int) -> EntitySurvey {
      var survey = Self.survey(rows, ["$.a": (rows - numbers, .text)])
      survey.places["$.a"]?.present = rows
      survey.places["$.a"]?.filled = rows
      survey.places["$.a"]?[.number] = numbers
      return survey
    }
    #expect(found(now(2, of: 20), baseline) == [])
    #expect(found(now(3, of: 100), baseline) == [])
    #expect(found(now(20, of: 20), baseline) == ["changed-type $.a types"])
    #expect(found(now(5, of: 100), baseline) == ["changed-type $.a types"])
    #expect(found(now(5, of: 100), baseline) { _ in false } == ["changed-type $.a others"])
    var mixed = baseline
    mixed.places["$.a"]?[.number] = 1
    #expect(found(now(20, of: 20), mixed) == [])
  }

  @Test func faultsAreDriftAboveWhatIsUsual() {
    let fault = EntitySurvey.Fault(.codes, "basic.state")
    func found(_ count: Int, of rows: Int, usual: Int) -> [DriftKind] {
      DriftRules.faults(
        of: "it", Self.survey(rows, [:], faults: [fault: count]),
        Self.survey(1000, [:], faults: [fault: usual])
      ).map(\.subject.kind)
    }
    #expect(found(9, of: 20, usual: 0) == [])
    #expect(found(10, of: 300, usual: 0) == [])
    #expect(found(10, of: 100, usual: 0) == [.unknownCodes])
    #expect(found(10, of: 100, usual: 30) == [])
    #expect(found(60, of: 100, usual: 100) == [.unknownCodes])
    #expect(found(60, of: 100, usual: 200) == [])
  }

  private func volume(_ rows: Int, hours: Int = 24, past: [Int]) -> DriftKind? {
    DriftRules.volume(
      VolumeHistory.Window(rows: rows, seconds: hours * 3600),
      VolumeHistory(windows: past.map { VolumeHistory.Window(rows: $0, seconds: 86_400) })
    )?.subject.kind
  }

  @Test func emptinessAndCollapse() {
    let steady = [500, 520, 480, 510, 490, 505, 495, 500]
    #expect(volume(0, past: steady) == .suddenEmptiness)
    #expect(volume(30, past: steady) == .volumeCollapse)
    #expect(volume(60, past: steady) == nil)
    #expect(volume(0, past: Array(steady.dropLast())) == nil)
    // Half an hour of what brings five hundred a day.
    #expect(volume(0, hours: 1, past: steady) == nil)
    // Weekends are known by then.
    #expect(volume(0, past: [500, 520, 0, 0, 490, 505, 495, 500, 510]) == nil)
    #expect(volume(20, past: [500, 520, 25, 30, 490, 505, 495, 500, 510]) == nil)
  }

  // Properties

  /// Rows like those before are never drift, however few or many.
  @Test func whatIsUsualIsNeverDrift() {
    var random = SplitMix64(seed: 41)
    for _ in 0..<500 {
      var baseline = EntitySurvey()
      var now = EntitySurvey()
      (baseline.rows, baseline.looked) = (1000, 1000)
      let rows = Int.random(in: 1...200, using: &random)
      (now.rows, now.looked) = (rows, rows)
      for index in 0..<Int.random(in: 1...20, using: &random) {
        let shape = PlaceSurvey.Shape.allCases.randomElement(using: &random) ?? .text
        let share = Double.random(in: 0...1, using: &random)
        var usual = PlaceSurvey()
        usual.present = Int(1000 * share)
        usual.filled = usual.present
        usual[shape] = usual.present
        baseline.places["$.f\(index)"] = usual.present > 0 ? usual : nil
        var place = PlaceSurvey()
        // A field of nearly every row is in one of these at least.
        place.present =
          usual.present >= 980 ? max(1, Int(Double(rows) * share)) : Int.random(in: 0...rows, using: &random)
        place.filled = place.present
        place[shape] = place.present
        if usual.present > 0, place.present > 0 { now.places["$.f\(index)"] = place }
      }
      #expect(DriftRules.places(of: "it", now, baseline, reads: Self.readAll) == [])
    }
  }

  /// Small numbers never alarm, and neither does a window as rich as the poorest before.
  @Test func volumeNeverAlarmsOnSmallNumbers() {
    var random = SplitMix64(seed: 42)
    for _ in 0..<2000 {
      let usual = Int.random(in: 0...2000, using: &random)
      let past = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        Int.random(in: 0...max(usual, 1), using: &random)
      }
      let rows = Int.random(in: 0...2000, using: &random)
      let alarm = volume(rows, past: past)
      let median = past.isEmpty ? 0 : past.sorted()[past.count / 2]
      if past.count < DriftRules.leastWindows || Double(median) < DriftRules.leastExpected {
        #expect(alarm == nil)
      }
      if let poorest = past.min(), rows >= poorest { #expect(alarm == nil) }
      if rows > 0 { #expect(alarm != .suddenEmptiness) }
      // More rows never raise an alarm that fewer do not.
      if alarm == nil { #expect(volume(rows + 1, past: past) == nil || rows == 0) }
    }
  }
}
