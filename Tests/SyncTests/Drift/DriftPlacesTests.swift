import Exchanges
import Mapping
import TestSupport
import Testing

@testable import Sync

/// Names that a platform invents row by row.
@Suite struct DriftPlacesTests {
  @Test(arguments: [
    ("$.a", "$"), ("$.a.b", "$.a"), ("$.list[*].code", "$.list[*]"), ("$['x y']", "$"), ("$.a['b.c']", "$.a"),
    ("a/b", "a"), ("owner:$.x.y", "owner:$.x"),
  ])
  func theObjectOfAName(_ place: String, _ parent: String) {
    #expect(DriftPlaces.parent(of: place) == parent)
  }

  @Test(arguments: ["$", "@NO", "$.list[*]", "$.a.*"])
  func whatIsNoName(_ place: String) {
    #expect(DriftPlaces.parent(of: place) == nil)
  }

  @Test func namesWithoutEndAreOneFindingAndOnePlace() throws {
    let entities = try #require(Library.mappings["zhejiang-public-data/property-deed"]).entities
    let name = try #require(entities.first).name
    var (baseline, told) = (DriftBaseline(), [DriftFinding]())
    var random = SplitMix64(seed: 5)
    for window in 0..<200 {
      var watch = DriftWatch(entities, baseline, accepted: [])
      for page in 0..<5 {
        var places: [String: (Int, PlaceSurvey.Shape)] = ["$.bdcqzh": (50, .text), "$.fj": (50, .object)]
        for _ in 0..<32 {
          let one = "$.fj.f" + String(random.next() & 0xFFFF_FFFF, radix: 36)
          places[one] = (1, .object)
          places[one + ".size"] = (1, .number)
        }
        _ = watch.take(
          [name: DriftRulesTests.survey(50, places)], of: ExchangeID(Int64(window * 5 + page + 1)))
      }
      told += watch.takeUntold()
      baseline = watch.learned(VolumeHistory.Window(rows: 250, seconds: 60))
    }
    #expect((baseline.entities[name]?.places.count ?? 0) <= 10)
    #expect(Set(told.map(\.subject.subject)).isSubset(of: ["$.fj.*"]) && told.count <= 1, "\(told.count)")
  }

  /// In a window of one row every name is in few rows, and is a field all the same.
  @Test func windowsOfOneRowInventNothing() throws {
    let name = "deeds"
    var baseline = DriftBaseline()
    func survey(_ rows: Int, _ fields: Int) -> EntitySurvey {
      DriftRulesTests.survey(
        rows, Dictionary(uniqueKeysWithValues: (0..<fields).map { ("$.f\($0)", (rows, .text)) }))
    }
    for _ in 0..<250 { baseline.absorb([name: survey(1, 24)], moved: []) }
    let learned = try #require(baseline.entities[name])
    #expect(learned.places.count == 24 && learned.places["$.*"] == nil)
    #expect(DriftRules.places(of: name, survey(12, 24), learned, reads: { _ in true }).isEmpty)
    let gone = DriftRules.places(of: name, survey(12, 12), learned, reads: { _ in true })
    #expect(gone.count == 12 && gone.allSatisfy { $0.subject.kind == .vanishedField })
  }

  @Test func fieldsThatAreFieldsStayThemselves() throws {
    var survey = EntitySurvey()
    survey.rows = 1000
    survey.looked = 1000
    for number in 0..<100 {
      var place = PlaceSurvey()
      place.present = number < 90 ? 1000 : 60
      survey.places["$.f\(number)"] = place
    }
    #expect(DriftPlaces.invented(survey).isEmpty)
    // A new field in many rows of an object whose names are invented is one all the same.
    var baseline = survey
    baseline.places["$.*"] = PlaceSurvey()
    var now = survey
    var place = PlaceSurvey()
    place.present = 900
    now.places["$.new"] = place
    let found = DriftRules.places(of: "e", now, baseline, reads: { _ in false })
    #expect(found.map(\.subject.subject) == ["$.new"])
  }
}
