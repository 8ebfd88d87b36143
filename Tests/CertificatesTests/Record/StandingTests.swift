import Certificates
import CivilTime
import Testing

@Suite struct StandingTests {
  static let day = Samples.day(2026, 6, 1)

  @Test func silenceIsUnknown() {
    var record = CertificateRecord(kind: .propertyDeed)
    record[.number] = .text("苏(2019)常州市不动产权第0012345号")
    let standing = record.standing(on: Self.day)
    #expect(standing.state == .unknown)
    #expect(standing.reasons.count == 1)
  }

  @Test(arguments: [
    ("01", Standing.State.valid), ("02", .seized), ("03", .revoked), ("04", .cancelled), ("05", .expired),
    ("06", .cancelled),
    ("07", .revoked), ("99", .unknown), ("42", .unknown),
  ])
  func statesDecide(_ code: String, _ state: Standing.State) {
    var record = Samples.card
    record[.state] = .text(code)
    #expect(record.standing(on: Self.day).state == state)
  }

  @Test func bothEndsOfTheValidityCount() {
    let card = Samples.card
    #expect(card.standing(on: Samples.day(2014, 12, 31)).state == .notYetValid)
    #expect(card.standing(on: Samples.day(2015, 1, 1)).state == .valid)
    #expect(card.standing(on: Samples.day(2035, 1, 1)).state == .valid)
    let late = card.standing(on: Samples.day(2035, 1, 2))
    #expect(late.state == .expired)
    #expect(late.reasons.map(\.path) == ["basic.validTo"])
  }

  @Test func aStateDoesNotOutweighAnEnd() {
    var card = Samples.card
    card[.state] = .text("01")
    #expect(card.standing(on: Samples.day(2040, 1, 1)).state == .expired)
  }

  @Test func rightsSeizuresAndMarks() {
    #expect(Samples.deed.standing(on: Self.day).state == .valid)
    for (code, state) in [("2", Standing.State.cancelled), ("3", .cancelled), ("0", .notYetValid)] {
      var deed = Samples.deed
      deed[.rightState] = .text(code)
      #expect(deed.standing(on: Self.day).state == state)
    }
    var deed = Samples.deed
    deed[.seized] = .flag(true)
    #expect(deed.standing(on: Self.day).state == .seized)
    deed = Samples.deed
    deed[.number] = .text("苏(2019)常州市不动产权第0012345号(销)")
    #expect(deed.standing(on: Self.day).state == .cancelled)
    deed = Samples.deed
    deed[.sourceDeleted] = .flag(true)
    #expect(deed.standing(on: Self.day).state == .cancelled)
  }

  @Test func anAgreementWithoutContentIsEnough() {
    var card = CertificateRecord(kind: .identityCard)
    card.holders = [Samples.holder("张三", "320400199003071232", type: .citizenNumber)]
    #expect(card.standing(on: Self.day).state == .unknown)
    card[.verification] = .text("verified-only")
    #expect(card.verification == .verifiedOnly)
    #expect(card.standing(on: Self.day).state == .valid)
    #expect(card.validate().filter { $0.severity == .error }.isEmpty)
    card[.verification] = .text("mismatch")
    #expect(card.standing(on: Self.day).state == .unknown)
  }
}
