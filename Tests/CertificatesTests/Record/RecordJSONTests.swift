import Certificates
import CivilTime
import Documents
import TestSupport
import Testing

@Suite struct RecordJSONTests {
  @Test func writesTheCanonicalForm() {
    var record = CertificateRecord(kind: .businessLicence)
    record[.longTerm] = .flag(true)
    record[.number] = .text("91320400MA1TE8T16E")
    record[.issuedDate] = .date(Samples.day(2019, 3, 4))
    record[Samples.field("specific.registeredCapital", .businessLicence)] = .decimal("1000.5")
    record[.sourceUpdatedAt] = .timestamp(Timestamp(milliseconds: 1))
    record.holders = [Samples.holder("甲", "1", type: .otherPerson)]
    #expect(
      String(decoding: record.encode(), as: UTF8.self)
        == #"{"kind":"business-licence","basic":{"number":"91320400MA1TE8T16E","issuedDate":"2019-03-04","longTerm":true},"#
        + #""holders":[{"name":"甲","code":"1","codeType":"999"}],"specific":{"registeredCapital":"1000.5"},"#
        + #""management":{"sourceUpdatedAt":"1970-01-01T00:00:00.001Z"}}"#)
  }

  @Test func anyRecordComesBack() throws {
    var random = SplitMix64(seed: 5)
    for _ in 0..<500 {
      let record = Samples.random(using: &random)
      let bytes = record.encode()
      let again = try CertificateRecord(decoding: bytes)
      #expect(again == record)
      #expect(again.encode() == bytes)
    }
  }

  @Test(arguments: [
    (#"{"kind":"deed"}"#, "unknown-kind", "kind"), (#"{}"#, "unknown-kind", "kind"),
    (#"[]"#, "unknown-kind", "kind"),
    (#"{"kind":"property-deed","basic":{"nr":"1"}}"#, "unknown-field", "basic.nr"),
    (#"{"kind":"property-deed","specific":{"sex":"1"}}"#, "unknown-field", "specific.sex"),
    (#"{"kind":"property-deed","basic":{"number":1}}"#, "wrong-type", "basic.number"),
    (#"{"kind":"property-deed","basic":{"number":null}}"#, "wrong-type", "basic.number"),
    (#"{"kind":"property-deed","basic":[]}"#, "wrong-type", "basic"),
    (#"{"kind":"property-deed","basic":{"issuedDate":"2019-02-30"}}"#, "wrong-type", "basic.issuedDate"),
    (#"{"kind":"property-deed","specific":{"buildingArea":"89.50"}}"#, "wrong-type", "specific.buildingArea"),
    (#"{"kind":"property-deed","specific":{"buildingArea":89.5}}"#, "wrong-type", "specific.buildingArea"),
    (#"{"kind":"property-deed","holders":{}}"#, "wrong-type", "holders"),
    (#"{"kind":"property-deed","holders":[{},{"name":true}]}"#, "wrong-type", "holders[1].name"),
    (#"{"kind":"property-deed","more":1}"#, "unknown-field", "more"), (#"{"kind":"#, "not-json", ""),
  ])
  func otherJSONIsRefused(_ text: String, _ code: String, _ path: String) {
    let error = #expect(throws: RecordError.self) { try CertificateRecord(decoding: Array(text.utf8)) }
    #expect(error?.code.rawValue == code)
    #expect(error?.path == path)
  }
}
