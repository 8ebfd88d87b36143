import COpenSSL
import Pools

/// SM4-CTR and HMAC-SM3 under one pair of keys at a time, encrypt-then-MAC. Not for several threads at once.
///
/// Layout: header ‖ nonce (16) ‖ ciphertext ‖ tag (16). The tag is the first half of HMAC-SM3 over
/// length of context (8) ‖ context ‖ header ‖ nonce ‖ ciphertext.
@safe final class SealingContext {
  static let nonceByteCount = 16
  static let tagByteCount = 16
  static let keyByteCount = 16 + 32

  private let cipher: OpaquePointer
  private let mac = HMACContext(.sm3)
  /// Random bytes fetched ahead, since one call for many nonces costs little more than one for one.
  private var randomness = [UInt8](repeating: 0, count: 1024)
  private var randomnessUsed = 1024

  init() {
    guard let context = unsafe EVP_CIPHER_CTX_new() else {
      fatalError("OpenSSL could not make a cipher context")
    }
    unsafe cipher = unsafe context
    unsafe expectSuccess(EVP_EncryptInit_ex(cipher, Algorithms.sm4CTR, nil, nil, nil), "choose SM4-CTR")
  }

  deinit {
    unsafe EVP_CIPHER_CTX_free(cipher)
  }

  /// 16 bytes for SM4, 32 for HMAC-SM3.
  func setKey(_ secret: SecretBytes) {
    precondition(secret.count == SealingContext.keyByteCount)
    unsafe secret.withBytes { bytes in
      unsafe expectSuccess(
        EVP_EncryptInit_ex(
          cipher, nil, nil, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil), "key SM4-CTR")
      unsafe mac.setKey(UnsafeRawBufferPointer(rebasing: bytes[16...]))
    }
  }

  func seal(_ plain: Span<UInt8>, header: [UInt8], context: Span<UInt8>) -> [UInt8] {
    let start = header.count + SealingContext.nonceByteCount
    let size = start + plain.count + SealingContext.tagByteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { output, initialized in
      for index in header.indices { unsafe output[index] = header[index] }
      let nonce = unsafe UnsafeMutableBufferPointer(rebasing: output[header.count..<start])
      unsafe nextNonce(into: nonce)
      unsafe plain.withUnsafeBufferPointer {
        unsafe crypt($0, nonce: UnsafeBufferPointer(nonce), into: output.baseAddress?.advanced(by: start))
      }
      let end = start + plain.count
      unsafe withTag(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<end]), context) {
        tag in
        for index in 0..<SealingContext.tagByteCount { unsafe output[end + index] = tag[index] }
      }
      initialized = size
    }
  }

  /// nil when the tag does not fit. `sealed` includes the header, whose length is given; the caller has checked that
  /// header, nonce and tag have room.
  func open(_ sealed: Span<UInt8>, headerByteCount: Int, context: Span<UInt8>) -> [UInt8]? {
    unsafe sealed.withUnsafeBufferPointer { sealed in
      let start = headerByteCount + SealingContext.nonceByteCount
      let end = sealed.count - SealingContext.tagByteCount
      precondition(end >= start)
      var good = false
      unsafe withTag(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(sealed)[..<end]), context) {
        tag in
        unsafe good =
          CRYPTO_memcmp(tag.baseAddress, sealed.baseAddress?.advanced(by: end), SealingContext.tagByteCount)
          == 0
      }
      guard good else { return nil }
      return unsafe [UInt8](unsafeUninitializedCapacity: end - start) { output, initialized in
        unsafe crypt(
          UnsafeBufferPointer(rebasing: sealed[start..<end]),
          nonce: UnsafeBufferPointer(rebasing: sealed[headerByteCount..<start]), into: output.baseAddress)
        initialized = end - start
      }
    }
  }

  /// CTR mode: the same operation in both directions.
  private func crypt(
    _ input: UnsafeBufferPointer<UInt8>, nonce: UnsafeBufferPointer<UInt8>,
    into output: UnsafeMutablePointer<UInt8>?
  ) {
    guard !input.isEmpty else { return }
    unsafe expectSuccess(EVP_EncryptInit_ex(cipher, nil, nil, nil, nonce.baseAddress), "start SM4-CTR")
    var done = 0
    while done < input.count {
      // OpenSSL counts in Int32.
      let piece = min(input.count - done, 1 << 30)
      var written: Int32 = 0
      unsafe expectSuccess(
        EVP_EncryptUpdate(
          cipher, output?.advanced(by: done), &written, input.baseAddress?.advanced(by: done), Int32(piece)),
        "run SM4-CTR")
      done += piece
    }
  }

  private func withTag(
    _ bytes: UnsafeRawBufferPointer, _ context: Span<UInt8>, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    mac.restart()
    mac.update(count: context.count)
    mac.update(context)
    unsafe mac.update(bytes)
    unsafe withUnsafeTemporaryAllocation(byteCount: Digest.sm3.byteCount, alignment: 8) { buffer in
      unsafe mac.finish(into: buffer)
      unsafe body(UnsafeRawBufferPointer(buffer))
    }
  }

  private func nextNonce(into nonce: UnsafeMutableBufferPointer<UInt8>) {
    if randomnessUsed + SealingContext.nonceByteCount > randomness.count {
      unsafe randomness.withUnsafeMutableBytes { unsafe SecureRandom.fill($0) }
      randomnessUsed = 0
    }
    for index in 0..<SealingContext.nonceByteCount {
      unsafe nonce[index] = randomness[randomnessUsed + index]
    }
    randomnessUsed += SealingContext.nonceByteCount
  }
}

/// A key that seals many values, with contexts that stay keyed.
final class SealingKey: Sendable {
  let secret: SecretBytes
  private let pool: ContextPool<SealingContext>

  init(_ secret: SecretBytes) {
    self.secret = secret
    pool = ContextPool {
      let context = SealingContext()
      context.setKey(secret)
      return context
    }
  }

  func withContext<Result>(_ body: (SealingContext) -> Result) -> Result {
    pool.withContext(body)
  }
}
