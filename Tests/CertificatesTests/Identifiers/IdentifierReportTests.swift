import Certificates
import Documents
import Testing

@Suite struct IdentifierReportTests {
  private func json(_ kind: IdentifierKind, _ text: String) -> String {
    var writer = JSONWriter()
    Identifier.inspect(kind, text).write(to: &writer)
    return writer.text
  }

  @Test func isWrittenAsOneObject() {
    #expect(
      json(.installerLicence, "4-1-00033-2006")
        == #"{"input":"4-1-00033-2006","valid":true,"normal":"4-1-00033-2006","reasons":[],"warnings":[],"#
        + #""parts":{"region":"4","series":"1","serial":"00033","year":"2006"}}"#)
    #expect(
      json(.areaCode, "\"32")
        == #"{"input":"\"32","valid":false,"normal":null,"reasons":["wrong-length: 6 digits are needed, there are 3 characters"],"#
        + #""warnings":[],"parts":{}}"#)
  }

  /// Each name stands once, whatever the kind and however the text is damaged.
  @Test func partsHaveNamesOfTheirOwn() {
    for (kind, text) in [
      (IdentifierKind.socialCreditCode, "91320400MA1TE8T16E"), (.citizenNumber, "320400900307123"),
      (.citizenNumber, "810000198506110045"), (.realEstateUnit, "320402001003GB00029F00010002"),
      (.deedNumber, "苏(2019)常州市不动产权第0012345号(销)"), (.deedNumber, "常国用(2010)第0123456号(销)"),
      (.projectCode, "2101-320411-89-01-123454"), (.projectCode, "2019-330108-65-03-000123"),
      (.certificateIdentifier, "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9"),
    ] {
      let names = Identifier.inspect(kind, text).parts.map(\.name)
      #expect(Set(names).count == names.count, "\(names)")
      #expect(!names.isEmpty)
    }
  }
}
