import Certificates
import CivilTime
import Testing

@Suite struct DeedNumberTests {
  static let usual = "苏(2019)常州市不动产权第0012345号"

  private func check(_ text: String, _ normal: String?, _ codes: [String], parts: [String: String] = [:]) {
    let report = Identifier.inspect(.deedNumber, text, today: CivilDate(year: 2026, month: 6, day: 1))
    #expect(report.normal == normal, "\(text)")
    let findings = normal == nil ? report.reasons : report.warnings
    #expect(Set(findings.map(\.code.rawValue)) == Set(codes), "\(text): \(findings)")
    for (name, value) in parts { #expect(report.part(name) == value, "\(text): \(name)") }
  }

  @Test func readsTheUsualForm() {
    check(
      Self.usual, Self.usual, [],
      parts: ["province": "苏", "year": "2019", "place": "常州市", "document": "right", "serial": "0012345"])
    check("苏(2019)常州市不动产证明第0012345号", "苏(2019)常州市不动产证明第0012345号", [], parts: ["document": "proof"])
    check("豫(2021)新县不动产权第0000001号", "豫(2021)新县不动产权第0000001号", [])
    check("渝(2019)渝中区不动产权第000123456号", "渝(2019)渝中区不动产权第000123456号", [])
    check("沪(2017)浦字不动产权第015342号", "沪(2017)浦字不动产权第015342号", [])
  }

  @Test(arguments: [
    ("苏（2019）常州市不动产权第0012345号", "full-width"),
    ("苏〔2019〕常州市不动产权第0012345号", "separators"),
    ("苏【2019】常州市不动产权第0012345号", "separators"),
    ("苏[2019]常州市不动产权第0012345号", "separators"),
    ("苏 (2019) 常州市 不动产权 第 0012345 号", "blanks"),
    ("苏(２０１９)常州市不动产权第００１２３４５号", "full-width"),
    ("苏(2019)常州不动产权第0012345号", "supplied"),
    ("苏(2019)常州市不动产权第0012345号(销)", "cancelled"),
    ("苏(2019)常州市不动产权0012345号", "supplied"),
    ("苏(2019)常州市不动产权第0012345", "supplied"),
  ])
  func repairsVariants(_ text: String, _ warning: String) {
    check(text, Self.usual, [warning])
    #expect(Identifier.lookupText(.deedNumber, text) == Identifier.lookupText(.deedNumber, Self.usual))
  }

  @Test func doubtsWithoutRefusing() {
    check("苏(2014)常州市不动产权第0012345号", "苏(2014)常州市不动产权第0012345号", ["unlikely-date"])
    check("甬(2016)宁波市不动产权第0158545号", "甬(2016)宁波市不动产权第0158545号", ["unknown-code"])
    check("湘(2017)北湖不动产权第0034063号", "湘(2017)北湖不动产权第0034063号", ["unlikely"])
    // A district of Beijing and a city in Liaoning: nothing is supplied in a municipality.
    check("京(2017)朝阳不动产权第0034063号", "京(2017)朝阳不动产权第0034063号", ["unlikely"])
    check("苏(2019)常州市不动产权第12345号", "苏(2019)常州市不动产权第12345号", ["unlikely"])
  }

  @Test(arguments: [
    "(2019)常州市不动产权第0012345号", "苏2019常州市不动产权第0012345号", "苏(201)常州市不动产权第0012345号",
    "苏(2019)常州市不动产第0012345号", "苏(2019)常州市不动产权第号", "苏(2019)不动产权第0012345号",
    "苏(2019)常州市不动产权第00123", "苏(2019)常州市不动产权第O012345号", "苏(20I9)常州市不动产权第0012345号",
    "0012345", "苏(2019)常州市不动产权第0012345号(", "苏(2019)常州市不动产权第0012345号、0012346号",
    "苏(2019)常州市不动产权第0000000号",
  ])
  func refusesDamage(_ text: String) {
    check(text, nil, ["wrong-form"])
  }

  @Test func refusesImpossibleYears() {
    check("苏(1019)常州市不动产权第0012345号", nil, ["impossible-date"])
    check("苏(2029)常州市不动产权第0012345号", nil, ["impossible-date"])
  }

  @Test(arguments: [
    ("常房新字00050538", "常房新字00050538", "常房新字", "00050538"),
    ("常房新字第00050538号", "常房新字00050538", "常房新字", "00050538"),
    ("房权证新字第00012345号", "房权证新字00012345", "房权证新字", "00012345"),
    ("常国用(2010)第0123456号", "常国用(2010)0123456", "常国用", "0123456"),
    ("粤房地证字第C1234567号", "粤房地证字C1234567", "粤房地证字", "C1234567"),
    ("X京房权证海字第123456号", "X京房权证海字123456", "X京房权证海字", "123456"),
    ("常房权证 新字 第 00012345-1 号", "常房权证新字00012345-1", "常房权证新字", "00012345-1"),
    // Land-use certificates: 字 behind the year, serials of few digits, a mark at the year, a year without brackets.
    ("常国用（2003）字第0123456号", "常国用(2003)0123456", "常国用", "0123456"),
    ("武国用(2008)第123号", "武国用(2008)123", "武国用", "123"),
    ("京朝国用(2005出)第0123号", "京朝国用(2005出)0123", "京朝国用", "0123"),
    ("沪房地浦字2008第012345号", "沪房地浦字(2008)012345", "沪房地浦字", "012345"),
    ("常国用2010第7号", "常国用(2010)7", "常国用", "7"),
  ])
  func readsOlderDeeds(_ text: String, _ normal: String, _ prefix: String, _ serial: String) {
    let report = Identifier.inspect(.deedNumber, text)
    #expect(report.normal == normal)
    #expect(report.part("prefix") == prefix)
    #expect(report.part("serial") == serial)
    #expect(report.warnings.contains { $0.code == .legacy })
    #expect(Identifier.lookupText(.deedNumber, text) == normal)
  }

  @Test func keepsDifferentDeedsApart() {
    let texts = [
      Self.usual, "苏(2019)常州市不动产证明第0012345号", "苏(2019)常州市不动产权第0012346号", "苏(2018)常州市不动产权第0012345号",
      "辽(2019)朝阳市不动产权第0012345号", "辽(2019)朝阳县不动产权第0012345号", "常房新字00050538", "常房字00050538",
    ]
    #expect(Set(texts.map { Identifier.lookupText(.deedNumber, $0) }).count == texts.count)
  }
}
