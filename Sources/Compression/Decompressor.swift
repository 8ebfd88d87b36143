import CZstd

/// Owns a decompression context. Not for several threads at once.
@safe final class Decompressor {
  /// What a frame may make us keep while decompressing: 128 MiB, which every level without `--long` stays below.
  private static let largestWindowLog: Int32 = 27
  private static let frameMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  private let context: OpaquePointer
  /// Takes the pieces of frames that do not tell their length.
  private lazy var piece = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())

  init() {
    guard let context = unsafe ZSTD_createDCtx() else { fatalError("zstd could not make a context") }
    unsafe self.context = unsafe context
    let result = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Decompressor.largestWindowLog)
    precondition(ZSTD_isError(result) == 0)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  func decompress(_ bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> [UInt8] {
    guard let count = try Self.declaredCount(of: bytes, maxBytes: maxBytes) else {
      return try decompressPieces(bytes, maxBytes: maxBytes)
    }
    return try unsafe Self.decompressWhole(bytes, count: count, context)
  }

  /// What the only frame in `bytes` says of its text's length; nil when it does not say.
  static func declaredCount(of bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> Int? {
    for index in 0..<4 {
      guard index < bytes.count else { throw Decompressor.truncated }
      guard bytes[index] == Decompressor.frameMagic[index] else {
        throw Decompressor.damaged("this is no zstd frame")
      }
    }
    let (declared, frame) = unsafe bytes.withUnsafeBytes { input in
      unsafe (
        ZSTD_getFrameContentSize(input.baseAddress, input.count),
        ZSTD_findFrameCompressedSize(input.baseAddress, input.count)
      )
    }
    guard ZSTD_isError(frame) == 0 else { throw Decompressor.error(for: frame) }
    guard frame == bytes.count else {
      throw Decompressor.damaged("\(bytes.count - frame) bytes follow the zstd frame")
    }
    // The highest value stands for "unknown"; the one for "error" has been thrown above.
    if declared == UInt64.max { return nil }
    guard declared <= UInt64(maxBytes) else { throw Decompressor.tooLarge(maxBytes) }
    return Int(declared)
  }

  static func decompressWhole(
    _ bytes: Span<UInt8>, count: Int, _ context: OpaquePointer
  ) throws(CompressionError) -> [UInt8] {
    var result = 0
    let output = unsafe bytes.withUnsafeBytes { input in
      unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
        unsafe result = ZSTD_decompressDCtx(
          context, output.baseAddress, count, input.baseAddress, input.count)
        initialized = ZSTD_isError(result) == 0 ? result : 0
      }
    }
    guard ZSTD_isError(result) == 0 else { throw Decompressor.error(for: result) }
    return output
  }

  private func decompressPieces(_ bytes: Span<UInt8>, maxBytes: Int) throws(CompressionError) -> [UInt8] {
    // A call that failed leaves its state behind: each begins anew.
    let reset = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    precondition(ZSTD_isError(reset) == 0)
    var output: [UInt8] = []
    var consumed = 0
    while true {
      var produced = 0
      let result = unsafe bytes.withUnsafeBytes { input in
        unsafe piece.withUnsafeMutableBytes { buffer in
          var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
          var to = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
          let result = unsafe ZSTD_decompressStream(context, &to, &from)
          (consumed, produced) = unsafe (from.pos, to.pos)
          return result
        }
      }
      guard ZSTD_isError(result) == 0 else { throw Decompressor.error(for: result) }
      guard produced <= maxBytes - output.count else { throw Decompressor.tooLarge(maxBytes) }
      output += piece[..<produced]
      if result == 0 { return output }
      guard produced > 0 || consumed < bytes.count else { throw Decompressor.truncated }
    }
  }

  private static func error(for result: Int) -> CompressionError {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_srcSize_wrong: truncated
    case ZSTD_error_frameParameter_windowTooLarge:
      damaged("the zstd frame wants a window of more than 128 MiB")
    default: damaged("the zstd frame is damaged (\(unsafe String(cString: ZSTD_getErrorName(result))))")
    }
  }

  private static let truncated = CompressionError(
    code: .truncated, message: "the zstd frame ends too early", remedy: "fetch or restore the bytes again")

  static func damaged(_ message: String) -> CompressionError {
    CompressionError(code: .damaged, message: message, remedy: "fetch or restore the bytes again")
  }

  private static func tooLarge(_ maxBytes: Int) -> CompressionError {
    CompressionError(
      code: .tooLarge, message: "the decompressed text would be longer than \(maxBytes) bytes",
      remedy: "raise the limit if the text is honest")
  }
}
