import Documents
import Exchanges
import TestSupport
import Testing

@testable import Mapping

@Suite struct SurveyTests {
  private func survey(_ yaml: String, json: String) throws -> EntitySurvey {
    let result = try Fixture.compile(yaml).apply(
      to: .json(JSONDocument(parsing: json)), surveying: true)
    return try #require(result.surveys["it"])
  }

  @Test func placesAreCountedOnceARowWithWhatStandsThere() throws {
    let json = """
      {"rows":[
        {"no":"1","a":null,"b":"","c":1,"d":{"e":true},"f":[{"g":"x"},{"g":2},{}],"h":[]},
        {"no":"2","a":"x","c":"1"}]}
      """
    let survey = try survey(Fixture.fields("basic.name: $.a"), json: json)
    #expect(survey.rows == 2 && survey.looked == 2)
    func place(_ name: String) -> [Int] {
      let place = survey.places[name] ?? PlaceSurvey()
      return [place.present, place.filled] + PlaceSurvey.Shape.allCases.map { place[$0] }
    }
    #expect(place("$.no") == [2, 2, 2, 0, 0, 0, 0])
    #expect(place("$.a") == [2, 1, 1, 0, 0, 0, 0])
    #expect(place("$.b") == [1, 0, 0, 0, 0, 0, 0])
    #expect(place("$.c") == [2, 2, 1, 1, 0, 0, 0])
    #expect(place("$.d") == [1, 1, 0, 0, 0, 0, 1])
    #expect(place("$.d.e") == [1, 1, 0, 0, 1, 0, 0])
    #expect(place("$.f") == [1, 1, 0, 0, 0, 1, 0])
    // Several nodes in one row are one row, with each of their shapes.
    #expect(place("$.f[*].g") == [1, 1, 1, 1, 0, 0, 0])
    #expect(place("$.h") == [1, 0, 0, 0, 0, 0, 0])
    #expect(survey.examples["$.c"]?.path == "$['rows'][0]")
    #expect(survey.firstRow?.path == "$['rows'][0]")
  }

  @Test func attributesElementsAndJoinedRowsHavePlacesToo() throws {
    let yaml = """
      mapping: test/it
      version: 1
      message: xml
      entities:
        it:
          kind: contractor-licence
          rows: /m/r
          joins: {owner: {rows: /m/o, on: {"@no": "@no"}, expect: any}}
          fields: {basic.number: "@no", basic.name: {of: owner, from: N}}
      """
    let xml = #"<m><r no="1" e=""><a>x</a><b><c/></b></r><o no="1"><N>y</N></o></m>"#
    let result = try Fixture.compile(yaml).apply(to: .xml(XMLDocument(parsing: xml)), surveying: true)
    let survey = try #require(result.surveys["it"])
    #expect(Set(survey.places.keys) == ["@no", "@e", "a", "b", "b/c", "owner:@no", "owner:N"])
    #expect(survey.places["@e"]?.filled == 0 && survey.places["a"]?.filled == 1)
    #expect(survey.places["b"]?[.object] == 1)
  }

  @Test func faultsAreCountedByRowWhetherTheyQuarantineOrOnlyWarn() throws {
    let yaml = Fixture.fields(
      """
      basic.state: {from: $.s, codes: {entries: {"1": "01"}, unknown: warn}}
      basic.issuedDate: $.d
      """)
    let json = #"{"rows":[{"no":"1","s":"9"},{"no":"2","s":"9","d":"x"},{"no":"3","s":"1"}]}"#
    let survey = try survey(yaml, json: json)
    #expect(survey.rows == 3)
    #expect(survey.faults[EntitySurvey.Fault(.codes, "basic.state")] == 2)
    #expect(survey.faults[EntitySurvey.Fault(.types, "basic.issuedDate")] == 1)
    #expect(survey.examples["basic.issuedDate"]?.path == "$['rows'][1]")
  }

  /// Skipped rows are nobody's, and rows of another entity are that one's.
  @Test func onlyRowsThatAnEntityTakesAreCounted() throws {
    let yaml = Fixture.entity(
      "contractor-licence", "when: {from: $.k, equals: a}\nfields: {basic.number: $.no}")
    let survey = try survey(yaml, json: #"{"rows":[{"no":"1","k":"a"},{"no":"2","k":"b","x":1}]}"#)
    #expect(survey.rows == 1 && survey.places["$.x"] == nil)
  }

  /// Rows of two entities that come by turns are both looked at.
  @Test func rowsByTurnsAreLookedAt() throws {
    let yaml = Fixture.entity(
      "contractor-licence", "when: {from: $.k, equals: a}\nfields: {basic.number: $.no}")
    for first in ["a", "b"] {
      let rows = (0..<64).map { #"{"no":"\#($0)","k":"\#(($0 % 2 == 0) == (first == "a") ? "a" : "b")"}"# }
      let survey = try survey(yaml, json: #"{"rows":[\#(rows.joined(separator: ","))]}"#)
      #expect(survey.rows == 32 && survey.looked == 16, "\(first)")
    }
  }

  /// Every page is looked at, and no page costs more than some rows.
  @Test func rowsAreSpreadOverThePage() {
    for count in [1, 2, 31, 32, 33, 60, 64, 65, 200, 999, 1000, 100_000] {
      let places = (0..<count).filter { RowSurveyor.looks(at: $0, of: count) }
      #expect(places.first == 0 && places.count <= RowSurveyor.rowsLookedAt)
      #expect(places.count >= min(count, RowSurveyor.rowsLookedAt / 2))
      if let last = places.last { #expect(last >= count - count / 8 - 1) }
    }
  }

  @Test func aNameThatMayBeSomebodysNumberIsNotKept() throws {
    #expect(RowSurveyor.guarded("qlrmc") == "qlrmc" && RowSurveyor.guarded("字段1") == "字段1")
    #expect(RowSurveyor.guarded("330199199001010011") == "*")
    #expect(
      RowSurveyor.guarded("a b") == "*" && RowSurveyor.guarded(String(repeating: "x", count: 61)) == "*")
    let survey = try survey(
      Fixture.fields("basic.name: $.a"), json: #"{"rows":[{"no":"1","15400001234":1}]}"#)
    #expect(Set(survey.places.keys) == ["$.no", "$.*"])
  }

  @Test func whatRulesReadIsKnown() throws {
    let yaml = """
      mapping: test/it
      version: 1
      message: json
      entities:
        it:
          kind: property-deed
          rows: $.rows[*]
          when: {from: $.cond, present: true}
          joins: {more: {rows: "$.more[*]", on: {$.key: $.other}, expect: any, order: $.nr}}
          fields:
            basic.number: {from: [$.a, "$['b']"]}
            basic.name: {of: more, from: $.n}
            basic.remark: {from: "$.list[?@.x == 1].y"}
          holders:
            - each: $.people[*]
              fields: {name: $.name, code: {from: $.code, of: row}}
            - each: {from: $.names, split: 、}
              fields: {name: $}
      """
    let read = try #require(try Fixture.compile(yaml).entities.first).read
    for place in [
      "$.cond", "$.key", "more:$.other", "more:$.nr", "$.a", "$.b", "more:$.n", "$.list", "$.list[*].y",
      "$.people[*]", "$.people[*].name", "$.code", "$.names",
    ] { #expect(read.contains(place), "\(place)") }
    for place in ["$.c", "$.n", "more:$.a", "$.people[*].code", "$.name"] {
      #expect(!read.contains(place), "\(place)")
    }
  }

  @Test func sumsDoNotDependOnTheirOrder() throws {
    var random = SplitMix64(seed: 7)
    let yaml = Fixture.fields("basic.issuedDate: $.d")
    let pages = try (0..<20).map { _ in
      let rows = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        #"{"no":"\#(Int.random(in: 1...9, using: &random))","d":\#(Bool.random(using: &random) ? "1" : "\"x\"")}"#
      }
      return try survey(yaml, json: "{\"rows\":[\(rows.joined(separator: ","))]}")
    }
    func sum(_ pages: [EntitySurvey]) -> EntitySurvey {
      var sum = pages.reduce(into: EntitySurvey()) { $0 += $1 }
      sum.examples = [:]
      sum.firstRow = nil
      return sum
    }
    for _ in 0..<10 { #expect(sum(pages.shuffled(using: &random)) == sum(pages)) }
  }
}
