import Documents
import Foundation
import TestSupport
import Testing

struct CompatibilityFormTests {
  @Test(arguments: [
    ("", ""), ("abc", "abc"), ("不动产权证", "不动产权证"),
    // Full-width and half-width forms.
    ("ＡＢＣ１２３（甲）", "ABC123(甲)"), ("ﾃﾞｰﾀ", "データ"), ("￥　～", "¥ ~"), ("９１３３０１ＭＡ", "913301MA"),
    // Circled, squared and other composed signs.
    ("①⑳㈠㎡㏄", "120(一)m2cc"), ("ﬁﬄ", "fiffl"), ("Ⅻⅷ", "XIIviii"), ("½", "1⁄2"),
    // Compatibility ideographs and radicals.
    ("\u{F900}\u{FA0E}\u{2F800}", "\u{8C48}\u{FA0E}\u{4E3D}"), ("\u{2F00}\u{2E9F}", "一\u{6BCD}"),
    // Hangul: letters join to syllables, compatibility letters become letters.
    ("\u{1112}\u{1161}\u{11AB}", "한"), ("\u{D558}\u{11AB}", "한"), ("ㄱ", "\u{1100}"),
    // Marks: joined, sorted, and left alone where nothing takes them.
    ("e\u{301}", "é"), ("A\u{30A}\u{212B}", "ÅÅ"), ("a\u{301}\u{323}", "ạ\u{301}"), ("中\u{301}", "中\u{301}"),
    ("\u{301}a", "\u{301}a"), ("\u{344}", "\u{308}\u{301}"),
    // Half-width sound marks are marks only once they are decomposed; then they are sorted as well.
    ("\u{327}\u{FF9E}", "\u{3099}\u{327}"),
    // The longest of all, and characters beyond the first plane.
    ("\u{FDFA}", "صلى الله عليه وسلم"), ("\u{1D400}𠮷😀", "A𠮷😀"), ("a\u{0}ｂ", "a\u{0}b"),
  ])
  func isKnown(_ text: String, _ form: String) {
    // Strings compare by canonical equivalence, so the scalars are what counts.
    #expect(Array(CompatibilityForm.nfkc(text).unicodeScalars) == Array(form.unicodeScalars))
  }

  /// Every character that has been in Unicode for some time, alone and behind a letter. Not longer texts: Foundation
  /// leaves some marks unsorted.
  @Test func agreesWithFoundation() {
    var different: [Unicode.Scalar] = []
    for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) {
      guard let age = scalar.properties.age, age.major <= 13 else { continue }
      for text in ["\(scalar)", "e\(scalar)"] where !Self.agrees(text) { different.append(scalar) }
    }
    #expect(different == [])
  }

  /// Random texts of characters that act on each other: the form of the whole is that of its characters, but for
  /// order and composition, by which the standard library compares; and it stays as it is.
  @Test(arguments: 0..<4)
  func isTheFormOfItsCharacters(_ seed: UInt64) {
    let pool = Array(
      ("aZ9 é中文县ａＺ９，（①㎡ﬁｶﾞﾊﾟかが\u{3099}\u{309A}\u{1100}\u{1161}\u{11A8}\u{AC00}한"
        + "\u{301}\u{323}\u{327}\u{345}\u{F900}\u{2F800}\u{FDFA}\u{212B}\u{200D}\u{FE0F}😀").unicodeScalars)
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        text.append(pool[Int.random(in: pool.indices, using: &random)])
      }
      let form = CompatibilityForm.nfkc(String(text))
      let pieces = text.map { CompatibilityForm.nfkc(String($0)) }.joined()
      #expect(form == pieces, "\(text.map { String($0.value, radix: 16) })")
      #expect(Array(CompatibilityForm.nfkc(form).utf8) == Array(form.utf8))
      #expect(Array(CompatibilityForm.nfkc(pieces).utf8) == Array(form.utf8))
    }
  }

  /// Whoever sends a text made of marks only must not keep a processor for minutes.
  @Test func longRunsOfMarksAreSorted() {
    let marks = String(repeating: "\u{301}\u{327}", count: 200_000)
    let form = CompatibilityForm.nfkc("x" + marks)
    let sorted =
      ["x"] + [String](repeating: "\u{327}", count: 200_000) + [String](repeating: "\u{301}", count: 200_000)
    #expect(Array(form.utf8) == Array(sorted.joined().utf8))
  }

  private static func agrees(_ text: String) -> Bool {
    Array(CompatibilityForm.nfkc(text).utf8) == Array(text.precomposedStringWithCompatibilityMapping.utf8)
  }
}
