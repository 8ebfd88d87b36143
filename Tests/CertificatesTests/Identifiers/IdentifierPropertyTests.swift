import Certificates
import CivilTime
import TestSupport
import Testing

/// Rules that hold for any identifier, tried on thousands of generated ones.
@Suite struct IdentifierPropertyTests {
  private static let socialAlphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
  private static let alphabet36 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

  /// The check by the definition of ISO 7064 MOD 31,3 (powers of three), not by a table of weights.
  private func naiveSocialCheck(_ text: String) -> Character {
    var sum = 0
    var power = 1
    for character in text {
      sum += (Self.socialAlphabet.firstIndex(of: character) ?? 0) * power
      power *= 3
      power %= 31
    }
    var check = 31 - sum % 31
    if check == 31 { check = 0 }
    return Self.socialAlphabet[check]
  }

  private func randomSocialCreditCode(_ random: inout SplitMix64) -> String {
    var text = "91" + String((0..<6).map { _ in Character(String(Int.random(in: 0...9, using: &random))) })
    for _ in 0..<9 { text.append(Self.socialAlphabet.randomElement(using: &random) ?? "0") }
    return text + String(naiveSocialCheck(text))
  }

  @Test func everySingleDamageOfACreditCodeIsFound() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<40 {
      let code = randomSocialCreditCode(&random)
      #expect(Identifier.inspect(.socialCreditCode, code).normal == code)
      for position in 0..<18 {
        var damaged = Array(code)
        for replacement in Self.socialAlphabet where replacement != damaged[position] {
          damaged[position] = replacement
          #expect(!Identifier.inspect(.socialCreditCode, String(damaged)).isValid)
          damaged = Array(code)
        }
      }
    }
  }

  @Test func everySingleDamageAndExchangeInACitizenNumberIsFound() throws {
    var random = SplitMix64(seed: 2)
    for _ in 0..<500 {
      let year = Int.random(in: 1940...2020, using: &random)
      let month = Int.random(in: 10...12, using: &random)
      let day = Int.random(in: 10...28, using: &random)
      let sequence = Int.random(in: 100...999, using: &random)
      var digits = Array("320404\(year)\(month)\(day)\(sequence)".utf8)
      digits.append(try #require(CheckCharacter.citizenNumber(digits)))
      let valid = String(decoding: digits, as: UTF8.self)
      #expect(Identifier.inspect(.citizenNumber, valid).normal == valid)
      for position in 0..<17 {
        for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != digits[position] {
          var damaged = digits
          damaged[position] = digit
          #expect(!Identifier.inspect(.citizenNumber, String(decoding: damaged, as: UTF8.self)).isValid)
        }
        if digits[position] != digits[position + 1] {
          var exchanged = digits
          exchanged.swapAt(position, position + 1)
          #expect(!Identifier.inspect(.citizenNumber, String(decoding: exchanged, as: UTF8.self)).isValid)
        }
      }
    }
  }

  @Test func theNormalFormIsStable() {
    let texts: [(IdentifierKind, String)] = [
      (.socialCreditCode, " 91320400ma1te8t16e"), (.citizenNumber, "320400900307123"),
      (.realEstateUnit, "320402 001003 gb00029 F00010002"), (.deedNumber, "苏（2019）常州不动产权第 0012345 号（销）"),
      (.deedNumber, "常房新字第00050538号"), (.projectCode, "21013204118901123454"),
      (.installerLicence, "4－1－00033－2006"),
      (.certificateIdentifier, "1.2.156.3005.2.11100000000013338w050.91610800064834709T.2023000001.001.2"),
    ]
    for (kind, text) in texts {
      let first = Identifier.inspect(kind, text)
      #expect(first.isValid)
      let again = Identifier.inspect(kind, first.normal ?? "")
      #expect(again.normal == first.normal)
      #expect(Identifier.lookupText(kind, text) == Identifier.lookupText(kind, first.normal ?? ""))
    }
  }

  /// Random scalars, and random damage of good identifiers: nothing traps, and valid means there is a normal form.
  @Test func anyTextIsSurvived() {
    var random = SplitMix64(seed: 3)
    let seeds: [String] = [
      "91320400MA1TE8T16E", "320400199003071232", "320402001003GB00029F00010002", "苏(2019)常州市不动产权第0012345号",
      "常房新字第00050538号", "2101-320411-89-01-123454", "4-1-00033-2006",
      "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", "3201234567890", "320400",
    ]
    for round in 0..<1500 {
      var scalars = Array((seeds.randomElement(using: &random) ?? "").unicodeScalars)
      if round % 4 == 0 { scalars = [] }
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let range: ClosedRange<UInt32> =
          [0...0x7F, 0...0xFFFF, 0xFF00...0xFFEF, 0...0x10FFFF].randomElement(using: &random) ?? 0...1
        guard let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) else { continue }
        let position = Int.random(in: 0...scalars.count, using: &random)
        if position < scalars.count, Bool.random(using: &random) {
          scalars[position] = scalar
        } else {
          scalars.insert(scalar, at: position)
        }
        if !scalars.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
          scalars.remove(at: Int.random(in: 0..<scalars.count, using: &random))
        }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let text = String(view)
      for kind in IdentifierKind.allCases {
        let report = Identifier.inspect(kind, text)
        #expect(report.isValid == (report.normal != nil))
        #expect(report.input == text)
        #expect(Identifier.lookupText(kind, text) == Identifier.lookupText(kind, Identifier.tidied(text)))
        if Identifier.isPlain(kind, text) { #expect(report.reasons.isEmpty && report.warnings.isEmpty) }
      }
    }
  }

  @Test(arguments: [
    (IdentifierKind.socialCreditCode, "91320400MA1TE8T16E"), (.citizenNumber, "320400199003071232"),
    (.citizenNumber, "32040019900307007X"), (.realEstateUnit, "320402001003GB00029F00010002"),
    (.areaCode, "320400"), (.projectCode, "1912-330199-81-01-563201"),
    (.projectCode, "2016-320411-44-03-123456"),
    (.installerLicence, "4-1-00033-2006"),
    (.deedNumber, "苏(2019)常州市不动产权第0012345号"), (.deedNumber, "豫(2021)新县不动产证明第0000001号"),
  ])
  func theQuickWayAgreesWithTheReport(_ kind: IdentifierKind, _ text: String) {
    #expect(Identifier.isPlain(kind, text))
    // Every replacement, omission and doubling of one character: plain only where the report has nothing to say.
    let letters = Array("0159AXIOWZGJFx(（）)市区县第号权证明不动产苏国林 ".unicodeScalars)
    let scalars = Array(text.unicodeScalars)
    for place in scalars.indices {
      var variants: [[Unicode.Scalar]] = letters.map {
        var changed = scalars
        changed[place] = $0
        return changed
      }
      variants += letters.map { Array(scalars[..<place]) + [$0] + scalars[place...] }
      variants.append(Array(scalars[..<place]) + scalars[(place + 1)...])
      variants.append(Array(scalars[..<place]))
      for variant in variants {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: variant)
        let changed = String(view)
        let report = Identifier.inspect(kind, changed)
        if Identifier.isPlain(kind, changed) {
          #expect(report.reasons.isEmpty && report.warnings.isEmpty, "\(changed)")
        }
        // A blank sends the text the long way round; both ways must end at the same key.
        #expect(
          Identifier.lookupText(kind, changed) == Identifier.lookupText(kind, changed + " "), "\(changed)")
      }
    }
  }

  @Test func birthsInTheFutureAreNotPlain() throws {
    let today = try #require(CivilDate(iso: "1990-03-06"))
    #expect(!Identifier.isPlain(.citizenNumber, "320400199003071232", today: today))
    #expect(Identifier.isPlain(.citizenNumber, "320400199003071232", today: today.adding(days: 1)))
    #expect(!Identifier.isPlain(.deedNumber, "苏(2019)常州市不动产权第0012345号", today: today))
  }

  @Test func longTextIsRefusedAtOnce() {
    let text = String(repeating: "9", count: 5_000_000)
    for kind in IdentifierKind.allCases {
      #expect(Identifier.inspect(kind, text).reasons.map(\.code) == [.wrongLength])
    }
  }

  @Test func messagesCarryNoIdentifier() {
    for (kind, text) in [
      (IdentifierKind.citizenNumber, "320400199003071233"), (.socialCreditCode, "91320400MA1TE8T16F"),
      (.projectCode, "2101-320411-89-01-123455"),
    ] {
      let report = Identifier.inspect(kind, text)
      for finding in report.reasons + report.warnings {
        #expect(!finding.description.contains(text.prefix(8)))
        #expect(!finding.description.contains(text.suffix(8)))
      }
    }
  }
}
