import CZstd
import Pools

/// Zstandard with a text known to both sides, for many small messages that are alike: what stands in the dictionary costs next to nothing.
/// Safe to use from several threads.
///
/// Frames carry their length, no checksum and no name of the dictionary: who stores them says which one was used, and keeps them whole.
public final class ZstdDictionary: Sendable {
  private let compressors: ContextPool<DictionaryCompressor>
  private let decompressors: ContextPool<DictionaryDecompressor>

  /// - Parameters:
  ///   - content: what messages have in common; it has to stay the same to the byte for as long as there are frames.
  ///   - level: 1 to 22; negative ones, down to -7, are faster still.
  public init(_ content: [UInt8], level: Int) {
    let digested = DigestedDictionary(content, level: min(max(level, -7), Int(ZSTD_maxCLevel())))
    compressors = ContextPool(capacity: 4) { DictionaryCompressor(digested) }
    decompressors = ContextPool(capacity: 4) { DictionaryDecompressor(digested) }
  }

  public func compress(_ bytes: Span<UInt8>) -> [UInt8] {
    compressors.withContext { $0.compress(bytes) }
  }

  /// - Throws: `.tooLarge` for a text longer than `maxBytes`, `.damaged`, `.truncated`.
  public func decompress(_ bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> [UInt8] {
    try decompressors.withContext { (decompressor) throws(CompressionError) in
      try decompressor.decompress(bytes, maxBytes: max(maxBytes, 0))
    }
  }
}

/// The dictionary as zstd prepares it, shared by all contexts.
@safe private final class DigestedDictionary: @unchecked Sendable {
  // Both are only read once they are made; zstd lets several threads do so at the same time.
  let compressing: OpaquePointer
  let decompressing: OpaquePointer

  init(_ content: [UInt8], level: Int) {
    let made = unsafe content.withUnsafeBytes { bytes in
      unsafe (
        ZSTD_createCDict(bytes.baseAddress, bytes.count, Int32(level)),
        ZSTD_createDDict(bytes.baseAddress, bytes.count)
      )
    }
    guard let compressing = unsafe made.0, let decompressing = unsafe made.1 else {
      fatalError("zstd could not make a dictionary")
    }
    unsafe self.compressing = unsafe compressing
    unsafe self.decompressing = unsafe decompressing
  }

  deinit {
    unsafe ZSTD_freeCDict(compressing)
    unsafe ZSTD_freeDDict(decompressing)
  }
}

@safe private final class DictionaryCompressor {
  private let context: OpaquePointer
  private let dictionary: DigestedDictionary

  init(_ dictionary: DigestedDictionary) {
    guard let context = unsafe ZSTD_createCCtx() else { fatalError("zstd could not make a context") }
    unsafe self.context = unsafe context
    self.dictionary = dictionary
    let result = unsafe ZSTD_CCtx_refCDict(context, dictionary.compressing)
    precondition(ZSTD_isError(result) == 0)
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
  }

  func compress(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { input in
      unsafe [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(input.count)) { output, initialized in
        let written = unsafe ZSTD_compress2(
          context, output.baseAddress, output.count, input.baseAddress, input.count)
        // With room for the worst case only a lack of memory is left to fail.
        guard ZSTD_isError(written) == 0 else { fatalError("zstd could not compress") }
        initialized = written
      }
    }
  }
}

@safe private final class DictionaryDecompressor {
  private let context: OpaquePointer
  private let dictionary: DigestedDictionary

  init(_ dictionary: DigestedDictionary) {
    guard let context = unsafe ZSTD_createDCtx() else { fatalError("zstd could not make a context") }
    unsafe self.context = unsafe context
    self.dictionary = dictionary
    let result = unsafe ZSTD_DCtx_refDDict(context, dictionary.decompressing)
    precondition(ZSTD_isError(result) == 0)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  func decompress(_ bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> [UInt8] {
    let count = try Decompressor.declaredCount(of: bytes, maxBytes: maxBytes)
    guard let count else { throw Decompressor.damaged("the zstd frame does not tell its length") }
    return try unsafe Decompressor.decompressWhole(bytes, count: count, context)
  }
}
