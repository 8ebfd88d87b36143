import Certificates
import Documents
import Exchanges
import Mapping
import Testing

@Suite struct JoinTests {
  static func mapping(_ expect: String, order: String = "", holders: String = "") -> String {
    Fixture.entity(
      "property-deed", rows: "/m/house", message: "xml",
      """
      joins:
        owner: {rows: /m/owner, on: {"@unit": "@unit"}, expect: \(expect)\(order)}
      fields:
        basic.number: "@deed"
        basic.issuerName: {of: owner, from: "@office"}
      holders:
        - of: owner
          fields:
            name: "@name"
            role: {constant: owner}
            address: {of: row, from: "@place"}
      """)
  }

  static func house(_ unit: String) -> String {
    #"<house unit="\#(unit)" deed="浙(2019)杭州市不动产权第6572949号" place="P"/>"#
  }

  static func owner(_ unit: String, _ name: String, _ order: String = "1") -> String {
    #"<owner unit="\#(unit)" name="\#(name)" n="\#(order)" office=""/>"#
  }

  @Test(arguments: [
    ("one", 0, "join-missing"), ("one", 1, ""), ("one", 2, "join-several"), ("optional", 0, ""),
    ("optional", 1, ""),
    ("optional", 2, "join-several"), ("some", 0, "join-missing"), ("some", 3, ""), ("any", 0, ""),
    ("any", 3, ""),
  ])
  func theNumberOfRowsIsAsExpected(_ expect: String, _ count: Int, _ code: String) throws {
    let owners = (0..<count).map { Self.owner("u1", "N\($0)") }.joined()
    let result = try Fixture.apply(Self.mapping(expect), xml: "<m>\(Self.house("u1"))\(owners)</m>")
    #expect(result.quarantined.flatMap(\.reasons).map(\.code) == (code.isEmpty ? [] : [code]))
    #expect(result.records.count == (code.isEmpty ? 1 : 0))
    if let record = result.records.first { #expect(record.record.holders.count == count) }
  }

  @Test func holdersStandInTheOrderAskedFor() throws {
    let owners = [("c", "10"), ("x", "b"), ("a", "1"), ("w", "a"), ("b", "2")].map {
      Self.owner("u1", $0.0, $0.1)
    }
    let xml = "<m>\(Self.house("u1"))\(owners.joined())</m>"
    func names(_ order: String) throws -> [String?] {
      try Fixture.apply(Self.mapping("some", order: order), xml: xml).records[0].record.holders.map {
        FieldSchema.field(path: "holder.name", kind: .propertyDeed).flatMap($0.text)
      }
    }
    #expect(try names(", order: \"@n\"") == ["a", "b", "c", "w", "x"])
    #expect(try names("") == ["c", "x", "a", "w", "b"])
  }

  @Test func keysAreTrimmedAndNothingJoinsNothing() throws {
    let xml =
      "<m>\(Self.house(" u1 "))\(Self.house("/"))\(Self.owner("u1", "a"))\(Self.owner("/", "b"))<owner name='c'/></m>"
    let result = try Fixture.apply(Self.mapping("any"), xml: xml)
    #expect(result.records.map(\.record.holders.count) == [1, 0])
    #expect(result.orphans.map(\.locator.path) == ["/m/owner[2]", "/m/owner[3]"])
    #expect(result.orphans.map(\.join) == ["owner", "owner"])
  }

  @Test func aRowThatIsSkippedStillClaimsItsRows() throws {
    let yaml = Self.mapping("some").replacingOccurrences(
      "    joins:", "    when: {from: \"@deed\", equals: x}\n    joins:")
    let result = try Fixture.apply(yaml, xml: "<m>\(Self.house("u1"))\(Self.owner("u1", "a"))</m>")
    #expect(result.skipped == 1)
    #expect(result.orphans.isEmpty)
  }

  @Test func compoundKeysNeedEveryPart() throws {
    let yaml = Fixture.entity(
      "contractor-licence",
      """
      joins:
        side: {rows: "$.side[*]", on: {$.a: $.x, $.b: $.y}, expect: optional}
      fields:
        basic.number: $.no
        basic.name: {of: side, from: $.name}
      """)
    let json = """
      {"rows":[{"no":"4-1-00033-2006","a":"1","b":"12"},{"no":"4-1-00034-2006","a":"11","b":"2"},
      {"no":"4-1-00035-2006","a":1,"b":2},{"no":"4-1-00036-2006","a":"1"}],
      "side":[{"x":"1","y":"12","name":"first"},{"x":"1","y":"2","name":"third"},{"x":"1","name":"none"}]}
      """
    let result = try Fixture.apply(yaml, json: json)
    #expect(
      result.records.map { $0.record.basic.text(.certificateName) } == ["first", nil, "third", nil])
    #expect(result.orphans.map(\.locator.path) == ["$['side'][2]"])
  }

  @Test func holdersComeFromChildrenAndFromPiecesOfText() throws {
    let yaml = Fixture.entity(
      "property-deed",
      """
      fields:
        basic.number: $.no
      holders:
        - each: $.list[*]
          when: {from: $.skip, present: false}
          fields: {name: $.n, role: {constant: owner}, share: {of: row, from: $.share}}
        - each: {from: $.text, split: 、}
          fields: {name: $, role: {constant: obligor}}
        - fields: {name: {of: message, from: $.who}, role: {constant: applicant}}
      """)
    let json = """
      {"who":"全局","rows":[{"no":"浙(2019)杭州市不动产权第6572949号","share":"1/2","text":" 甲、 乙 、、/",
      "list":[{"n":"丙"},{"n":"丁","skip":1},{"n":"/"},{"n":null}]}]}
      """
    let result = try Fixture.apply(yaml, json: json)
    let holders = try #require(result.records.first).record.holders
    let share = try #require(FieldSchema.field(path: "holder.share", kind: .propertyDeed))
    #expect(holders.map { $0.text(.holderName) } == ["丙", "甲", "乙", "全局"])
    #expect(holders.map { $0.text(.holderRole) } == ["owner", "obligor", "obligor", "applicant"])
    #expect(holders.map { $0.text(share) } == ["1/2", nil, nil, nil])
  }

  @Test func locatorsNameTheRowAgain() throws {
    let xml = "<m><part>\(Self.house("a"))</part><part>\(Self.house("b"))<x/>\(Self.house("c"))</part></m>"
    let yaml = Self.mapping("any").replacingOccurrences("rows: /m/house", "rows: /m/part/house")
    let document = try XMLDocument(parsing: xml)
    let mapping = try Fixture.compile(yaml)
    let result = try mapping.apply(to: .xml(document))
    #expect(
      result.records.map(\.locator.path) == [
        "/m/part[1]/house", "/m/part[2]/house[1]", "/m/part[2]/house[2]",
      ])
    #expect(
      result.records.map { document.element(at: $0.locator.path)?.attribute("unit") } == ["a", "b", "c"])
    #expect(
      result.records.map { document.element(at: $0.locator.path)?.path } == result.records.map(\.locator.path)
    )
    for xpath in ["//house", "/m/*/house"] {
      let other = try Fixture.compile(yaml.replacingOccurrences("rows: /m/part/house", "rows: \(xpath)"))
      #expect(try other.apply(to: .xml(document)).records.map(\.locator) == result.records.map(\.locator))
    }
  }

  @Test func aPlaceForRowsThatIsNotThereIsTold() throws {
    let json = Fixture.fields("basic.name: $.v")
    #expect(try Fixture.apply(json, json: #"{"rows":[]}"#).absentEntities.isEmpty)
    #expect(try Fixture.apply(json, json: #"{"rows":null}"#).absentEntities.isEmpty)
    #expect(try Fixture.apply(json, json: #"{"data":[]}"#).absentEntities == ["it"])
    #expect(try Fixture.apply(json, json: #"{"rows":{"a":{}}}"#).absentEntities == ["it"])
    #expect(try Fixture.apply(json, json: "[]").absentEntities == ["it"])
    let xml = Self.mapping("any").replacingOccurrences("rows: /m/house", "rows: /m/list/house")
    #expect(try Fixture.apply(xml, xml: "<m><list/></m>").absentEntities.isEmpty)
    #expect(try Fixture.apply(xml, xml: "<m/>").absentEntities == ["it"])
  }

  @Test func aMessageOfTheOtherFormatIsRefused() throws {
    let mapping = try Fixture.compile(Fixture.fields("basic.name: $.v"))
    let error = #expect(throws: MappingError.self) {
      _ = try mapping.apply(to: .xml(XMLDocument(parsing: "<rows/>")))
    }
    #expect(error?.code == .wrongFormat)
  }
}
