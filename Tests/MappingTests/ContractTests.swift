import Documents
import Mapping
import Testing

@Suite struct ContractTests {
  private static let codes = ["states": "codes: states\nentries: {\"1\": \"01\"}\n"]

  private func mapping(_ contract: String, _ fields: String) -> String {
    Fixture.entity(
      "contractor-licence",
      (contract.isEmpty ? "" : "contract: {\(contract)}\n") + "fields:\n  basic.number: $.no\n  \(fields)")
  }

  @Test func aMappingThatSaysNothingHoldsEverythingButWhatNobodyReads() throws {
    let mapping = try Fixture.compile(mapping("", "basic.name: $.name"))
    let contract = try #require(mapping.entities.first).contract
    for facet in Contract.Facet.allCases {
      #expect(contract[facet] == (facet == .others ? .evolve : .freeze))
    }
  }

  @Test func everyFacetTakesItsWords() throws {
    for facet in Contract.Facet.allCases {
      for word in Contract.Word.allCases {
        let yaml = mapping("\(facet.rawValue): \(word.rawValue)", "basic.name: $.name")
        guard facet.words.contains(word) else {
          #expect(Fixture.problems(yaml).contains { $0.contains("error") }, "\(facet) \(word)")
          continue
        }
        #expect(try Fixture.compile(yaml).entities[0].contract[facet] == word)
      }
    }
  }

  @Test func unknownKeysAndWordsAreErrorsWithTheirPlace() {
    let key = Fixture.problems(mapping("code: freeze", "basic.name: $.name"))
    #expect(key.contains { $0.contains("it.yaml:8:") && $0.contains("codes") }, "\(key)")
    let word = Fixture.problems(mapping("codes: frieze", "basic.name: $.name"))
    #expect(word.contains { $0.contains("it.yaml:8:") && $0.contains("freeze") }, "\(word)")
  }

  static let codeCases: [(contract: String, rule: String, value: String?, warnings: [String])] = [
    ("", "states", "[unknown-code basic.issuerName]", []),
    ("codes: freeze", "states", "[unknown-code basic.issuerName]", []),
    ("codes: discard-row", "states", "[unknown-code basic.issuerName]", []),
    ("codes: evolve", "states", "9", ["unknown-code"]),
    ("codes: discard-value", "states", nil, ["unknown-code"]),
    // What a rule says itself counts more.
    ("codes: evolve", "{list: states, unknown: quarantine}", "[unknown-code basic.issuerName]", []),
    ("codes: discard-row", "{list: states, unknown: discard-value}", nil, ["unknown-code"]),
    ("codes: discard-row", "{list: states, unknown: warn}", "9", ["unknown-code"]),
    ("codes: discard-row", "{list: states, unknown: keep}", "9", []),
  ]

  @Test(arguments: codeCases)
  func unknownCodes(_ test: (contract: String, rule: String, value: String?, warnings: [String])) throws {
    let yaml = mapping(test.contract, "basic.issuerName: {from: $.state, codes: \(test.rule)}")
    let result = try Fixture.apply(
      yaml, json: #"{"rows":[{"no":"4-1-00033-2006","state":"9"}]}"#, codes: Self.codes)
    #expect(result.only("basic.issuerName") == test.value)
    #expect(result.warningCodes.filter { $0 == "unknown-code" } == test.warnings)
  }

  @Test func failingCheckDigits() throws {
    let json = #"{"rows":[{"no":"4-1-00033-2006","id":"91330199TX00000018"}]}"#
    func only(_ contract: String, _ check: String) throws -> (String?, Bool) {
      let yaml = mapping(contract, "basic.issuerCode: {from: $.id, check: \(check)}")
      let result = try Fixture.apply(yaml, json: json)
      return (result.only("basic.issuerCode"), result.warningCodes.contains("wrong-check"))
    }
    #expect(try only("", "uscc").0 == "[wrong-check basic.issuerCode]")
    #expect(try only("checks: evolve", "uscc") == ("91330199TX00000018", true))
    #expect(try only("checks: discard-value", "uscc") == (nil, true))
    #expect(
      try only("checks: evolve", "{identifier: uscc, otherwise: quarantine}").0
        == "[wrong-check basic.issuerCode]")
    #expect(try only("", "{identifier: uscc, otherwise: discard-value}") == (nil, true))
  }

  @Test(arguments: ["\"3月\"", "[1]", "{}", "\"20191340\""])
  func unreadableValuesMayBeLeftOut(_ value: String) throws {
    let json = "{\"rows\":[{\"no\":\"4-1-00033-2006\",\"day\":\(value)}]}"
    let strict = try Fixture.apply(mapping("", "basic.issuedDate: $.day"), json: json)
    #expect(strict.quarantined.count == 1)
    let lenient = try Fixture.apply(mapping("types: discard-value", "basic.issuedDate: $.day"), json: json)
    #expect(lenient.only("basic.issuedDate") == nil && lenient.quarantined.isEmpty)
    #expect(Set(lenient.warningCodes).isSubset(of: ["not-a-date", "wrong-type", "no-holder"]))
    #expect(lenient.warningCodes.contains { $0 != "no-holder" })
  }

  @Test func aRowWithoutWhatItIsKnownByIsQuarantinedAllTheSame() throws {
    let yaml = Fixture.entity(
      "contractor-licence",
      "contract: {types: discard-value}\nfields:\n  basic.number: {from: $.no, required: true}")
    #expect(try Fixture.apply(yaml, json: #"{"rows":[{"no":[1]}]}"#).quarantined.count == 1)
  }
}
