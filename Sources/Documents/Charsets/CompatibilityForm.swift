import CUnistring

/// Unicode's normalisation form KC: full-width letters and digits become ordinary ones, ligatures and circled numbers
/// their parts, and marks are joined with what they stand on.
public enum CompatibilityForm {
  /// Takes time in proportion to the text, also for long runs of marks.
  public static func nfkc(_ text: String) -> String {
    // ASCII and the Han characters between U+4000 and U+9FFF, by their first byte: none of them changes or joins the
    // one before it. Most texts have no others.
    if text.utf8.allSatisfy({ $0 < 0xC0 || 0xE4...0xE9 ~= $0 }) { return text }
    var text = text
    return text.withUTF8 { bytes in
      var count = 0
      guard let form = unsafe zd_nfkc(bytes.baseAddress, bytes.count, &count) else {
        fatalError("libunistring has no memory left")
      }
      defer { unsafe free(form) }
      return unsafe String(decoding: UnsafeBufferPointer(start: form, count: count), as: UTF8.self)
    }
  }
}
