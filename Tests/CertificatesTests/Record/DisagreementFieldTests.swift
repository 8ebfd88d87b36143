import Certificates
import CivilTime
import TestSupport
import Testing

@Suite struct DisagreementFieldTests {
  private func fields(_ change: (inout CertificateRecord) -> Void) -> [String] {
    var other = Samples.deed
    change(&other)
    return Samples.deed.disagreements(with: other)
  }

  @Test func fieldsThatBothGiveAreCompared() {
    let area = Samples.field("specific.buildingArea", .propertyDeed)
    #expect(fields { _ in } == [])
    #expect(fields { $0[area] = .decimal("90") } == ["specific.buildingArea"])
    #expect(fields { $0[area] = nil } == [])
    #expect(fields { $0[Samples.field("specific.usage", .propertyDeed)] = .text("住宅") } == [])
    #expect(fields { $0[.sourceUpdatedAt] = nil } == [])
    #expect(fields { $0[.sourceUpdatedAt] = .timestamp(Timestamp(milliseconds: 1)) } == [])
    #expect(Samples.deed.disagreements(with: Samples.licence) == ["kind"])
  }

  @Test func spellingsOfTheSameAreNone() {
    #expect(fields { $0[.number] = .text("苏（2019）常州市不动产权第 12345号") } == [])
    #expect(fields { $0[.number] = .text("苏(2019)常州市不动产权第0012346号") } == ["basic.number"])
    #expect(fields { $0[.unitNumber] = .text("320402 001003 GB00029 F00010002") } == [])
    #expect(fields { $0.holders[1][.holderCode] = .text("32040019900307007x") } == [])
    #expect(fields { $0.holders[0][.holderName] = .text("张 三") } == [])
  }

  @Test func holdersAreThePeopleAndNotTheirOrder() {
    #expect(fields { $0.holders.swapAt(0, 1) } == [])
    #expect(fields { $0.holders.removeLast() } == ["holders"])
    #expect(fields { $0.holders = [] } == [])
    #expect(fields { $0.holders[0][.holderName] = .text("张叁") } == ["holder.name"])
    #expect(fields { $0.holders[0][.holderCode] = .text("320400199003071240") } == ["holder.code"])
    #expect(
      fields { $0.holders[0] = Samples.holder("王五", "320400198001010011", type: .citizenNumber) } == [
        "holders"
      ])
  }

  /// Whoever is asked first, the same fields differ.
  @Test func bothSidesSeeTheSame() {
    var random = SplitMix64(seed: 12)
    let fields = FieldSchema.all.filter {
      $0.belongs(to: .propertyDeed) && $0.group == .specific && $0.type == .text
    }
    for _ in 0..<300 {
      var (left, right) = (Samples.deed, Samples.deed)
      for field in fields {
        if Bool.random(using: &random) { left[field] = .text("\(Int.random(in: 0...2, using: &random))") }
        if Bool.random(using: &random) { right[field] = .text("\(Int.random(in: 0...2, using: &random))") }
      }
      if Bool.random(using: &random) { right.holders.shuffle(using: &random) }
      let found = left.disagreements(with: right)
      #expect(found == right.disagreements(with: left))
      for path in found { #expect(left.text(ofDisagreement: path) != right.text(ofDisagreement: path)) }
      #expect(left.disagreements(with: left) == [])
    }
  }
}
