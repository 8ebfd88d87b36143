import CPCRE2
import Pools

/// A compiled PCRE2 pattern with what it needs to run.
///
/// The compiled code and the match context are never written after `init`, which PCRE2 allows any number of threads to
/// share (pcre2api, MULTITHREADING); match data belongs to one call at a time and waits in a pool between calls. No
/// pointer leaves this class, and all are released with it.
@safe final class PatternProgram: Sendable {
  /// Anchored at both ends at compile time, because the JIT does not take anchoring as an option of a match.
  private nonisolated(unsafe) let whole: OpaquePointer
  private nonisolated(unsafe) let search: OpaquePointer
  private nonisolated(unsafe) let context: OpaquePointer
  private let maxSearchedBytes: Int
  private let matches: ContextPool<MatchData>

  let groupCount: Int
  let groupNames: [String: Int]

  init(
    _ pattern: String, options: RegularExpression.Options, limits: RegularExpression.Limits
  ) throws(DocumentError) {
    var flags = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C
    if options.contains(.caseInsensitive) { flags |= PCRE2_CASELESS }
    if options.contains(.multiline) { flags |= PCRE2_MULTILINE }
    if options.contains(.extended) { flags |= PCRE2_EXTENDED }
    if options.contains(.unicodeClasses) { flags |= PCRE2_UCP }

    guard let context = unsafe pcre2_match_context_create_8(nil) else { throw Self.outOfMemory }
    unsafe pcre2_set_match_limit_8(context, limits.maxSteps)
    unsafe pcre2_set_depth_limit_8(context, limits.maxDepth)
    unsafe pcre2_set_heap_limit_8(context, limits.maxKibibytes)

    let search: OpaquePointer
    let whole: OpaquePointer
    do throws(DocumentError) {
      unsafe search = try Self.compile(pattern, flags)
    } catch {
      unsafe pcre2_match_context_free_8(context)
      throw error
    }
    do throws(DocumentError) {
      unsafe whole = try Self.compile(pattern, flags | PCRE2_ANCHORED | PCRE2_ENDANCHORED)
    } catch {
      unsafe pcre2_code_free_8(search)
      unsafe pcre2_match_context_free_8(context)
      throw error
    }
    unsafe self.context = context
    unsafe self.search = search
    unsafe self.whole = whole
    maxSearchedBytes = limits.maxSearchedBytes

    var groups: UInt32 = 0
    unsafe pcre2_pattern_info_8(search, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    let count = Int(groups)
    groupCount = count
    matches = ContextPool { MatchData(groupCount: count) }
    groupNames = unsafe Self.names(of: search)
  }

  deinit {
    unsafe pcre2_code_free_8(whole)
    unsafe pcre2_code_free_8(search)
    unsafe pcre2_match_context_free_8(context)
  }

  func firstMatch(in text: String, whole: Bool) throws(DocumentError) -> [Range<Int>?]? {
    var text = text
    // The closure form keeps the error's type only by way of a Result.
    let result = text.withUTF8 { buffer in
      Result { () throws(DocumentError) in
        try unsafe run(buffer, from: 0, whole: whole, flags: PCRE2_NO_UTF_CHECK)
      }
    }
    return try result.get()
  }

  func firstRanges(in utf8: borrowing Span<UInt8>, whole: Bool) throws(DocumentError) -> [Range<Int>?]? {
    try unsafe utf8.withUnsafeBufferPointer { (buffer) throws(DocumentError) in
      try unsafe run(buffer, from: 0, whole: whole, flags: 0)
    }
  }

  func allMatches(in text: String) throws(DocumentError) -> [[Range<Int>?]] {
    var text = text
    let result = text.withUTF8 { buffer in
      Result { () throws(DocumentError) -> [[Range<Int>?]] in
        var matches: [[Range<Int>?]] = []
        var start = 0
        while start <= buffer.count,
          let ranges = try unsafe run(buffer, from: start, whole: false, flags: PCRE2_NO_UTF_CHECK),
          let range = ranges[0]
        {
          matches.append(ranges)
          start = range.upperBound
          guard range.isEmpty else { continue }
          // Behind an empty match the search goes on at the next character.
          start += 1
          while start < buffer.count, unsafe buffer[start] & 0xC0 == 0x80 { start += 1 }
        }
        return matches
      }
    }
    return try result.get()
  }

  private func run(
    _ subject: UnsafeBufferPointer<UInt8>, from start: Int, whole: Bool, flags: UInt32
  ) throws(DocumentError) -> [Range<Int>?]? {
    guard whole || subject.count <= maxSearchedBytes else {
      throw DocumentError(
        .limit, "a text of \(subject.count) bytes is not searched, only up to \(maxSearchedBytes)")
    }
    return try matches.withContext { (data) throws(DocumentError) in
      // PCRE2 wants a pointer even for an empty text.
      var nothing: UInt8 = 0
      let status = unsafe withUnsafePointer(to: &nothing) { empty in
        let code = unsafe whole ? self.whole : search
        let base = unsafe subject.baseAddress ?? empty
        let status = unsafe pcre2_match_8(
          code, base, subject.count, start, flags, data.pointer, context)
        guard status == PCRE2_ERROR_JIT_STACKLIMIT else { return status }
        return unsafe pcre2_match_8(
          code, base, subject.count, start, flags | PCRE2_NO_JIT, data.pointer, context)
      }
      switch status {
      case 1...: return data.ranges
      case PCRE2_ERROR_NOMATCH: return nil
      case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT:
        throw DocumentError(
          .limit,
          "the regular expression needs too many steps on this text; avoid repeated groups that can match the same text in several ways"
        )
      case PCRE2_ERROR_NOMEMORY: throw Self.outOfMemory
      case ..<PCRE2_ERROR_PARTIAL where status >= PCRE2_ERROR_UTF8_ERR21:
        throw DocumentError(.damagedCharacter, "the text to match is not UTF-8")
      default: throw DocumentError(.library, "PCRE2 failed to match: \(Self.message(status))")
      }
    }
  }

  private static func compile(_ pattern: String, _ flags: UInt32) throws(DocumentError) -> OpaquePointer {
    var status: Int32 = 0
    var offset = 0
    var text = pattern
    let compiled = text.withUTF8 { buffer in
      var nothing: UInt8 = 0
      return unsafe withUnsafePointer(to: &nothing) { empty in
        unsafe pcre2_compile_8(buffer.baseAddress ?? empty, buffer.count, flags, &status, &offset, nil)
      }
    }
    guard let code = unsafe compiled else {
      throw DocumentError(
        .expression, "the regular expression is not well formed: \(message(status))",
        position: DocumentPosition(offset: offset, in: pattern))
    }
    // Where memory may not be made executable this fails, and matching goes the slower way with the same results.
    unsafe pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
    return unsafe code
  }

  private static func names(of code: OpaquePointer) -> [String: Int] {
    var count: UInt32 = 0
    var size: UInt32 = 0
    var table: UnsafePointer<UInt8>?
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
    guard var entry = unsafe table else { return [:] }
    var names: [String: Int] = [:]
    for _ in 0..<count {
      // Two bytes of number, then the name with a zero byte behind it.
      let number = unsafe Int(entry[0]) << 8 | Int(entry[1])
      names[unsafe String(cString: entry + 2)] = number
      unsafe entry += Int(size)
    }
    return names
  }

  private static func message(_ status: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
      let length = unsafe pcre2_get_error_message_8(status, buffer.baseAddress, buffer.count)
      return length > 0 ? unsafe String(decoding: buffer[..<Int(length)], as: UTF8.self) : "error \(status)"
    }
  }

  private static let outOfMemory = DocumentError(.library, "PCRE2 has no memory left")
}
