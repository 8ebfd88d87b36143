import CZstd
import Pools

/// Zstandard (RFC 8878): one frame for one message, with its length in front and a checksum behind. Safe to use from
/// several threads.
public enum Zstd {
  /// Above this level contexts hold tens of megabytes and are not kept.
  private static let highestPooledLevel = 9
  private static let compressors = ContextPool(capacity: 4) { Compressor() }
  private static let decompressors = ContextPool(capacity: 4) { Decompressor() }

  /// - Parameter level: 1 (fast) to 22 (small); values beyond that count as the nearest.
  public static func compress(_ bytes: [UInt8], level: Int = 3) -> [UInt8] {
    compress(bytes.span, level: level)
  }

  public static func compress(_ bytes: Span<UInt8>, level: Int = 3) -> [UInt8] {
    let level = min(max(level, 1), Int(ZSTD_maxCLevel()))
    guard level <= highestPooledLevel else { return Compressor().compress(bytes, level: level) }
    return compressors.withContext { $0.compress(bytes, level: level) }
  }

  /// Takes exactly one frame, of any encoder.
  ///
  /// - Parameter maxBytes: a longer text is refused, before memory is taken for it when the frame tells its length.
  /// - Throws: `.tooLarge`, `.damaged`, `.truncated`.
  public static func decompress(_ bytes: [UInt8], maxBytes: Int) throws(CompressionError) -> [UInt8] {
    try decompress(bytes.span, maxBytes: maxBytes)
  }

  public static func decompress(_ bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> [UInt8] {
    try decompressors.withContext { (decompressor) throws(CompressionError) in
      try decompressor.decompress(bytes, maxBytes: max(maxBytes, 0))
    }
  }
}
