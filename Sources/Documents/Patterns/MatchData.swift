import CPCRE2

/// The block into which PCRE2 writes one match at a time. Not for several threads at once.
@safe final class MatchData {
  let pointer: OpaquePointer

  /// - Parameter groupCount: the groups of the pattern, without the whole match.
  init(groupCount: Int) {
    guard let pointer = unsafe pcre2_match_data_create_8(UInt32(groupCount) + 1, nil) else {
      fatalError("PCRE2 could not make match data")
    }
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe pcre2_match_data_free_8(pointer)
  }

  /// The whole match and its groups as offsets into the text; nil for a group that took no part.
  var ranges: [Range<Int>?] {
    let count = Int(unsafe pcre2_get_ovector_count_8(pointer))
    guard let offsets = unsafe pcre2_get_ovector_pointer_8(pointer) else { return [] }
    return (0..<count).map { group in
      let start = unsafe offsets[2 * group]
      let end = unsafe offsets[2 * group + 1]
      // PCRE2_UNSET arrives as -1; \K in a lookahead can set a match's start behind its end.
      return start < 0 || start > end ? nil : start..<end
    }
  }
}
