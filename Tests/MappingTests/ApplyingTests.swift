import Certificates
import CivilTime
import Documents
import Exchanges
import Mapping
import Testing

@Suite struct ApplyingTests {
  static let licence = """
    mapping: test/it
    version: 3
    title: 营业执照
    message: json
    entities:
      licence:
        kind: business-licence
        rows: $.datas[*]
        when: {from: $.state, not: {equals: test}}
        fields:
          basic.number: {from: $.uniscid, check: uscc}
          basic.name: {constant: 营业执照}
          basic.issuedDate: {from: [$.issueDate, $.apprDate], date: any}
          basic.state: {from: $.regState, codes: registration-state}
          specific.registeredCapital: {from: $.regCap, unit: 万元}
        holders:
          - fields:
              name: $.entName
              code: {from: $.uniscid, normalize: [nfkc, uppercase]}
              codeType: {constant: "001"}
    """
  static let codes = [
    "registration-state": """
    codes: registration-state
    entries: {"1": "01", "2": "07", "4": "04"}
    """
  ]
  static let message = """
    {"datas":[
      {"uniscid":"91330106MA2CFL5R7B","entName":"甲","regState":"1","regCap":100.50,"apprDate":"2019-03-04"},
      {"uniscid":"91330106MA2CFL5R70","entName":"乙","regState":"9","issueDate":"yesterday"},
      {"uniscid":["91330106MA2CFL5R7B"],"state":"test"},
      {"uniscid":"９１３３０１０６ma2cfl5r7b","entName":"丙","issueDate":"/","apprDate":"2019年3月4日"}
    ]}
    """

  @Test func givesRecordsAndQuarantinesTheRest() throws {
    let code = try #require(Self.validCode)
    let message = Self.message.replacingOccurrences("91330106MA2CFL5R7B", code)
      .replacingOccurrences("９１３３０１０６ma2cfl5r7b", " " + code.lowercased())
    let result = try Fixture.apply(Self.licence, json: message, codes: Self.codes)
    #expect(result.rows == 4)
    #expect(result.skipped == 1)
    #expect(result.records.map(\.locator.path) == ["$['datas'][0]", "$['datas'][3]"])
    #expect(result.records.map { $0.record.number } == [code, code])
    #expect(result.records.map { $0.record.issuedDate?.description } == ["2019-03-04", "2019-03-04"])
    #expect(result.records[0].record.state == .valid)
    #expect(result.records[1].record.holders[0].text(.holderCode) == code)
    let row = try #require(result.quarantined.first)
    #expect(row.locator.path == "$['datas'][1]")
    #expect(row.reasons.map(\.code) == ["wrong-check", "not-a-date", "unknown-code"])
    #expect(row.reasons.map(\.source) == ["$.uniscid", "$.issueDate, $.apprDate", "$.regState"])
    #expect(!row.reasons.map(\.description).joined().contains("yesterday"))
  }

  /// An invented company's code with its check character.
  static var validCode: String? {
    CheckCharacter.socialCreditCode("91330199TX2CFL5R7".utf8).map {
      "91330199TX2CFL5R7" + String(UnicodeScalar($0))
    }
  }
}

extension String {
  func replacingOccurrences(_ text: String, _ other: String) -> String {
    split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
  }
}
