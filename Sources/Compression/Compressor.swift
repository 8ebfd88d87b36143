import CZstd

/// Owns a compression context. Not for several threads at once.
@safe final class Compressor {
  private let context: OpaquePointer

  init() {
    guard let context = unsafe ZSTD_createCCtx() else { fatalError("zstd could not make a context") }
    unsafe self.context = unsafe context
    set(ZSTD_c_checksumFlag, to: 1)
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
  }

  func compress(_ bytes: Span<UInt8>, level: Int) -> [UInt8] {
    set(ZSTD_c_compressionLevel, to: Int32(level))
    return unsafe bytes.withUnsafeBytes { input in
      unsafe [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(input.count)) { output, initialized in
        let written = unsafe ZSTD_compress2(
          context, output.baseAddress, output.count, input.baseAddress, input.count)
        // With room for the worst case only a lack of memory is left to fail.
        guard ZSTD_isError(written) == 0 else { fatalError("zstd could not compress") }
        initialized = written
      }
    }
  }

  private func set(_ parameter: ZSTD_cParameter, to value: Int32) {
    let result = unsafe ZSTD_CCtx_setParameter(context, parameter, value)
    precondition(ZSTD_isError(result) == 0)
  }
}
