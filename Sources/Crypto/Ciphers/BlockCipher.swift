import COpenSSL

/// One run of a block cipher over a whole message.
enum BlockCipher: String {
  case sm4 = "SM4"
  case aes = "AES"

  static let blockByteCount = 16

  func run(
    _ input: [UInt8], key: [UInt8], mode: CipherMode, padding: CipherPadding, encrypting: Bool
  ) throws(CryptoError) -> [UInt8] {
    let algorithm = try unsafe algorithm(keyByteCount: key.count, mode: mode)
    let iv: [UInt8]
    let isStream: Bool
    switch mode {
    case .ecb: (iv, isStream) = ([], false)
    case .cbc(let vector): (iv, isStream) = (vector, false)
    case .ctr(let vector): (iv, isStream) = (vector, true)
    }
    guard iv.count == BlockCipher.blockByteCount || mode == .ecb else {
      throw CryptoError(
        code: .invalidLength,
        message: "\(rawValue) takes an initialisation vector of 16 bytes, not \(iv.count)")
    }
    let mustBeWhole = !isStream && (padding == .none || !encrypting)
    guard !mustBeWhole || input.count % BlockCipher.blockByteCount == 0 else {
      throw CryptoError(
        code: .invalidLength,
        message: encrypting
          ? "without padding \(rawValue) encrypts whole blocks of 16 bytes, not \(input.count) bytes"
          : "\(rawValue) ciphertext is whole blocks of 16 bytes, not \(input.count) bytes")
    }

    var good = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: input.count + BlockCipher.blockByteCount) {
      buffer, initialized in
      guard let context = unsafe EVP_CIPHER_CTX_new() else { return }
      defer { unsafe EVP_CIPHER_CTX_free(context) }
      guard
        unsafe EVP_CipherInit_ex(context, algorithm, nil, key, mode == .ecb ? nil : iv, encrypting ? 1 : 0)
          == 1,
        unsafe EVP_CIPHER_CTX_set_padding(context, padding == .pkcs7 ? 1 : 0) == 1
      else { return }
      initialized = unsafe BlockCipher.transform(input, with: context, into: buffer) ?? 0
      var last: Int32 = 0
      guard unsafe EVP_CipherFinal_ex(context, buffer.baseAddress?.advanced(by: initialized), &last) == 1
      else { return }
      initialized += Int(last)
      good = true
    }
    guard good else {
      discardLibraryErrors()
      throw CryptoError(
        code: .decryptionFailed, message: "\(rawValue) cannot be \(encrypting ? "encrypted" : "decrypted")",
        remedy: "check the key, the mode and the padding agreed with the other side")
    }
    return output
  }

  /// Feeds the input in pieces, since OpenSSL counts in Int32. Returns the bytes written, nil on failure.
  static func transform(
    _ input: [UInt8], with context: OpaquePointer, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    unsafe input.withUnsafeBufferPointer { input in
      var read = 0
      var written = 0
      while read < input.count {
        let piece = min(input.count - read, 1 << 30)
        var count: Int32 = 0
        guard
          unsafe EVP_CipherUpdate(
            context, output.baseAddress?.advanced(by: written), &count,
            input.baseAddress?.advanced(by: read), Int32(piece)) == 1
        else { return nil }
        read += piece
        written += Int(count)
      }
      return written
    }
  }

  private func algorithm(keyByteCount: Int, mode: CipherMode) throws(CryptoError) -> OpaquePointer {
    switch (self, keyByteCount, mode) {
    case (.sm4, 16, .ecb): unsafe Algorithms.sm4ECB
    case (.sm4, 16, .cbc): unsafe Algorithms.sm4CBC
    case (.sm4, 16, .ctr): unsafe Algorithms.sm4CTR
    case (.aes, 16, .ecb): unsafe Algorithms.aes128ECB
    case (.aes, 16, .cbc): unsafe Algorithms.aes128CBC
    case (.aes, 16, .ctr): unsafe Algorithms.aes128CTR
    case (.aes, 24, .ecb): unsafe Algorithms.aes192ECB
    case (.aes, 24, .cbc): unsafe Algorithms.aes192CBC
    case (.aes, 24, .ctr): unsafe Algorithms.aes192CTR
    case (.aes, 32, .ecb): unsafe Algorithms.aes256ECB
    case (.aes, 32, .cbc): unsafe Algorithms.aes256CBC
    case (.aes, 32, .ctr): unsafe Algorithms.aes256CTR
    default:
      throw CryptoError(
        code: .invalidLength,
        message:
          "\(rawValue) takes a key of \(self == .sm4 ? "16" : "16, 24 or 32") bytes, not \(keyByteCount)")
    }
  }
}
