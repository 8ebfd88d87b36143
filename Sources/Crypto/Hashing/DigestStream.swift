import COpenSSL

/// Hashes what comes in pieces: files, streamed bodies, chains.
@safe public struct DigestStream: ~Copyable {
  private let context: OpaquePointer
  private let digest: Digest

  public init(_ digest: Digest) {
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("OpenSSL could not make a digest context") }
    unsafe expectSuccess(EVP_DigestInit_ex2(context, digest.algorithm, nil), "start a digest")
    unsafe self.context = unsafe context
    self.digest = digest
  }

  deinit {
    unsafe EVP_MD_CTX_free(context)
  }

  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { input in
      unsafe expectSuccess(EVP_DigestUpdate(context, input.baseAddress, input.count), "update a digest")
    }
  }

  /// The hash of everything so far. The stream is used up.
  public consuming func finish() -> [UInt8] {
    let size = digest.byteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      unsafe expectSuccess(EVP_DigestFinal_ex(context, buffer.baseAddress, nil), "finish a digest")
      initialized = size
    }
  }
}
