import Certificates
import CivilTime
import TestSupport
import Testing

@Suite struct RecordRulesTests {
  @Test func identityIgnoresSpelling() {
    let deed = Samples.deed
    var other = deed
    other[.number] = .text("苏（2019）常州不动产权第 0012345 号")
    other[.unitNumber] = .text("320402 001003 gb00029 F00010002")
    #expect(deed.identity == other.identity)
    #expect(
      deed.lookupKeys.filter { $0.domain == .number } == other.lookupKeys.filter { $0.domain == .number })
    other[.unitNumber] = .text("320402001003GB00029F00010003")
    #expect(deed.identity != other.identity)
    var proof = deed
    proof.kind = .propertyRegistrationProof
    #expect(deed.identity != proof.identity)

    var card = Samples.card
    card[.number] = .text("320400900307123")
    #expect(card.identity == Samples.card.identity)
    card[.number] = nil
    #expect(card.identity == Samples.card.identity)
  }

  @Test func aLicenceIsItsCompany() {
    var licence = Samples.licence
    let identity = licence.identity
    licence[.number] = .text("320400000012345")
    #expect(licence.identity == identity)
    licence.holders = []
    #expect(licence.identity != identity)
    licence[.number] = .text("91320400ma1te8t16e")
    #expect(licence.identity == identity)
  }

  @Test func permitsNeedTheirIssuer() {
    var permit = CertificateRecord(kind: .roadPermit)
    permit[.number] = .text("常城管掘〔2021〕12号")
    #expect(permit.identity == nil)
    permit[.issuerName] = .text("常州市城市管理局")
    let identity = permit.identity
    #expect(identity != nil)
    permit[.number] = .text("常城管掘(2021)12号")
    #expect(permit.identity == identity)
    permit[.issuerName] = .text("杭州市城市管理局")
    #expect(permit.identity != identity)
  }

  @Test func aDesignLicenceIsToldApartByItsNumber() {
    var licence = CertificateRecord(kind: .designLicence)
    #expect(licence.identity == nil)
    licence[.number] = .text("A291000123")
    let identity = licence.identity
    licence[.number] = .text(" Ａ291000123")
    #expect(identity != nil && licence.identity == identity)
    licence[.number] = .text("A291000124")
    #expect(licence.identity != identity)
  }

  @Test func theCertificateIdentifierStandsIn() {
    var record = CertificateRecord(kind: .contractorLicence)
    #expect(record.identity == nil)
    record[.identifier] = .text("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
    let first = record.identity
    record[.identifier] = .text("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S")
    #expect(first != nil && record.identity == first)
  }

  @Test func recordsAreFoundByEverythingTheyCarry() {
    let keys = Set(Samples.deed.lookupKeys)
    for key in [
      LookupKey(.holderCode, "３20400199003071232"), LookupKey(.holderCode, "320400900307123"),
      LookupKey(.holderCode, "32040019900307007x"), LookupKey(.holderName, " 张 三"),
      LookupKey(.holderName, "李四"),
      LookupKey(.number, "苏〔2019〕常州不动产权第0012345号"), LookupKey(.unitNumber, "320402 001003 GB00029 F00010002"),
    ] {
      #expect(keys.contains(key), "\(key.domain)")
    }
    #expect(keys.count == Samples.deed.lookupKeys.count)
    #expect(!keys.contains(LookupKey(.number, "苏(2019)常州市不动产证明第0012345号")))
    #expect(Samples.licence.lookupKeys.contains(LookupKey(.holderName, "常州测试电气有限公司")))
    #expect(Samples.licence.lookupKeys.contains(LookupKey(.number, "91320400MA1TE8T16E")))
    var project = CertificateRecord(kind: .projectRegistration)
    project[.projectCode] = .text("2101-320411-89-01-123454")
    #expect(project.lookupKeys.contains(LookupKey(.projectCode, "21013204118901123454")))
  }

  @Test func goodRecordsHaveNoProblems() {
    for record in [Samples.deed, Samples.licence, Samples.card] {
      #expect(record.validate(today: Samples.day(2026, 6, 1)).isEmpty, "\(record.validate())")
    }
  }

  private func codes(_ record: CertificateRecord) -> Set<String> {
    Set(record.validate().map { "\($0.severity.rawValue) \($0.path) \($0.code)" })
  }

  @Test func errorsAreWhatTheRecordRestsOn() {
    #expect(
      codes(CertificateRecord(kind: .propertyDeed)) == ["error  no-identity", "warning holders no-holder"])
    var deed = Samples.deed
    deed[.number] = .text("苏(2019)常州市不动产权第")
    #expect(codes(deed) == ["error basic.number wrong-form"])
    deed = Samples.deed
    deed[.rightState] = .text("7")
    #expect(codes(deed) == ["error specific.rightState unknown-code"])
    deed = Samples.deed
    deed.holders[1][.holderCode] = .text("320400199003070071")
    #expect(codes(deed) == ["warning holders[1].code wrong-check"])
    deed = Samples.deed
    deed.holders[0][.holderName] = .text("张\u{FFFD}")
    #expect(codes(deed) == ["warning holders[0].name damaged-text"])
    deed = Samples.deed
    deed.specific[.sex] = .text("1")
    #expect(codes(deed) == ["error specific.sex foreign-field"])
    var licence = Samples.licence
    licence.holders[0][.holderCode] = .text("91320400MA1TE8T16F")
    #expect(codes(licence).contains("error holders[0].code wrong-check"))
    var card = Samples.card
    card[.number] = .text("320400199003071233")
    #expect(codes(card).contains("error basic.number wrong-check"))
  }

  @Test func contradictionsAreSeen() {
    var card = Samples.card
    card[.birthDate] = .date(Samples.day(1990, 3, 8))
    card[.sex] = .text("2")
    card[.validTo] = .date(Samples.day(2014, 1, 1))
    #expect(
      codes(card) == [
        "warning specific.birthDate contradiction", "warning specific.sex contradiction",
        "error basic.validTo date-order",
      ])
  }

  @Test func problemsCarryNoValues() {
    var deed = Samples.deed
    deed.holders[1][.holderCode] = .text("320400199003070071")
    deed[.number] = .text("苏(2019)常州市不动产权第")
    for problem in deed.validate() {
      #expect(!problem.description.contains("199003"))
      #expect(!problem.description.contains("李四"))
    }
  }

  @Test func differencesNameTheFields() {
    let deed = Samples.deed
    #expect(deed.differences(to: deed).isEmpty)
    var other = deed
    other.holders.swapAt(0, 1)
    #expect(deed.differences(to: other).isEmpty)
    other.holders[0][.holderName] = .text("李四四")
    other[.location] = .text("别处")
    other[.validTo] = .date(Samples.day(2030, 1, 1))
    other[.rightState] = nil
    other[.sourceUpdatedAt] = nil
    #expect(
      deed.differences(to: other) == [
        "basic.validTo", "holders[1].name", "specific.location", "specific.rightState",
      ])
    #expect(other.differences(to: deed).count == 4)
    #expect(deed.differences(to: other, includingManagement: true).last == "management.sourceUpdatedAt")
    other = deed
    other.holders.removeLast()
    #expect(deed.differences(to: other) == ["holders[1]"])
    #expect(other.differences(to: deed) == ["holders[1]"])
    other.kind = .propertyRegistrationProof
    #expect(deed.differences(to: other) == ["kind"])
  }

  @Test func differencesAreEmptyExactlyForEqualContent() {
    var random = SplitMix64(seed: 9)
    for _ in 0..<300 {
      let left = Samples.random(using: &random)
      let right = Samples.random(using: &random)
      #expect(left.differences(to: left, includingManagement: true).isEmpty)
      if left.basic != right.basic || left.specific != right.specific {
        #expect(!left.differences(to: right).isEmpty)
      }
    }
  }
}
