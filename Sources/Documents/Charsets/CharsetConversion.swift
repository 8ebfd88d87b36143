import Glibc

/// glibc's iconv. Each run opens a descriptor of its own, so runs on different threads share nothing.
enum CharsetConversion {
  /// Converts all of `bytes` in one pass. `damage` makes the error for the byte offset where the input stops
  /// being convertible, be it damaged, cut off, or without an equivalent.
  static func run(
    _ bytes: [UInt8], from source: String, to target: String, damage: (Int) -> DocumentError
  ) throws(DocumentError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    // iconv_open reports failure as (iconv_t)-1.
    guard let descriptor = unsafe iconv_open(target, source), Int(bitPattern: descriptor) != -1 else {
      throw DocumentError(
        .library,
        "iconv cannot convert \(source) to \(target) on this machine (errno \(errno)); install the gconv modules of libc"
      )
    }
    defer { unsafe iconv_close(descriptor) }

    // Two bytes of GB18030 become three of UTF-8 and the other way round; the rare four-byte forms make it grow.
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 2 + 16)
    var consumed = 0
    var produced = 0
    while true {
      let step = unsafe convert(descriptor, bytes, &consumed, &output, &produced)
      switch step {
      case 0:
        output.removeLast(output.count - produced)
        return output
      case E2BIG:
        output.append(contentsOf: repeatElement(0, count: output.count / 2 + 64))
      case EILSEQ, EINVAL:
        throw damage(consumed)
      default:
        throw DocumentError(.library, "iconv failed from \(source) to \(target) (errno \(step))")
      }
    }
  }

  /// One call of iconv from `consumed` and `produced` on; returns 0 or its errno.
  private static func convert(
    _ descriptor: iconv_t, _ input: [UInt8], _ consumed: inout Int, _ output: inout [UInt8],
    _ produced: inout Int
  ) -> Int32 {
    var inputLeft = input.count - consumed
    var outputLeft = output.count - produced
    let result = unsafe input.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBytes { target in
        // iconv takes a mutable input pointer by an accident of its prototype; it does not write there.
        var from = unsafe UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: CChar.self).advanced(by: consumed))
        var to = unsafe target.baseAddress?.assumingMemoryBound(to: CChar.self).advanced(by: produced)
        let converted = unsafe iconv(descriptor, &from, &inputLeft, &to, &outputLeft)
        // (size_t)-1 arrives as -1.
        return converted == -1 ? errno : 0
      }
    }
    consumed = input.count - inputLeft
    produced = output.count - outputLeft
    return result
  }
}
