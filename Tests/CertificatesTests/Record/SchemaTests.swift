import Certificates
import CivilTime
import TestSupport
import Testing

@Suite struct SchemaTests {
  @Test func pathsFindTheirFields() {
    for kind in CertificateKind.allCases {
      for group in Field.Group.allCases {
        for field in FieldSchema.fields(group, kind: kind) {
          #expect(FieldSchema.field(path: field.path, kind: kind) == field)
          #expect(field.path == "\(group.rawValue).\(field.name)")
          #expect(!field.title.isEmpty && !field.englishTitle.isEmpty)
        }
      }
      #expect(!FieldSchema.fields(.specific, kind: kind).isEmpty)
    }
    #expect(FieldSchema.field(path: "specific.unitNumber", kind: .identityCard) == nil)
    #expect(FieldSchema.field(path: "basic.nummer", kind: .identityCard) == nil)
    #expect(FieldSchema.all == FieldSchema.all.sorted())
    #expect(FieldSchema.all.count < 256)
  }

  @Test func whatNamesAPersonIsSealed() {
    for path in [
      "holder.name", "holder.code", "holder.phone", "holder.address", "specific.location",
      "specific.residence",
      "specific.legalRepresentative", "specific.contactPhone", "basic.number", "specific.unitNumber",
    ] {
      let field = FieldSchema.all.first { $0.path == path }
      #expect(field?.mask.identifiesPerson == true, "\(path)")
    }
    #expect(!Field.state.mask.identifiesPerson)
  }

  @Test func codesAreUnique() {
    for list in CodeList.allCases {
      #expect(!list.entries.isEmpty, "\(list.rawValue)")
      #expect(Set(list.entries.map(\.code)).count == list.entries.count)
      for entry in list.entries { #expect(list.entry(entry.code) == entry) }
    }
    #expect(CodeList.rightState.entry("1")?.title == "现势")
    #expect(CodeList.holderCodeType.entry("111")?.title == "公民身份号码")
  }

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("+012.50", "12.5"), ("89.50", "89.5"), (".5", "0.5"), ("12.", "12"),
    ("1000000", "1000000"),
    ("-0.10", "-0.1"), ("0.000", "0"),
  ])
  func decimalsHaveOneForm(_ text: String, _ canonical: String) {
    #expect(DecimalText.canonical(text) == canonical)
    #expect(DecimalText.canonical(canonical) == canonical)
  }

  @Test(arguments: [
    "", ".", "-", "1e3", "1,000", "１", "12a", "--1", "1.2.3", " 1", String(repeating: "9", count: 80),
  ])
  func otherNumbersAreRefused(_ text: String) {
    #expect(DecimalText.canonical(text) == nil)
  }

  @Test func valuesKeepTheOrderOfTheSchema() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<100 {
      let values = Samples.random(using: &random).basic
      #expect(values.entries.map(\.field) == values.entries.map(\.field).sorted())
    }
    var values = FieldValues()
    values[.validTo] = .date(Samples.day(2020, 1, 1))
    values[.number] = .text("1")
    values[.validTo] = .date(Samples.day(2021, 1, 1))
    #expect(values.count == 2)
    #expect(values.date(.validTo) == Samples.day(2021, 1, 1))
    values[.number] = nil
    values[.number] = nil
    #expect(values.entries.map(\.field) == [.validTo])
  }

  @Test func aFieldRefusesAnotherType() async {
    await #expect(processExitsWith: .failure) {
      var values = FieldValues()
      values[.validTo] = .text("2020-01-01")
    }
  }
}
