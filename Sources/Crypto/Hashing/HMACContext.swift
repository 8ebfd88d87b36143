import COpenSSL

/// OpenSSL's HMAC under one key at a time. After ``setKey(_:)`` each message begins with ``restart()``, which costs
/// one copy of the prepared state instead of hashing the key again. Not for several threads at once.
@safe final class HMACContext {
  private let context: OpaquePointer
  private let digest: Digest

  init(_ digest: Digest) {
    guard let context = unsafe zd_hmac_new(Algorithms.hmac, digest.libraryName) else {
      fatalError("OpenSSL could not make an HMAC context")
    }
    unsafe self.context = unsafe context
    self.digest = digest
  }

  deinit {
    unsafe EVP_MAC_CTX_free(context)
  }

  /// Sets the key and starts a message.
  func setKey(_ key: Span<UInt8>) {
    unsafe key.withUnsafeBytes { unsafe setKey($0) }
  }

  func setKey(_ key: UnsafeRawBufferPointer) {
    // A null pointer would mean "keep the key", also for an empty key.
    var placeholder: UInt8 = 0
    unsafe withUnsafePointer(to: &placeholder) { placeholder in
      let bytes = unsafe key.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? placeholder
      unsafe expectSuccess(EVP_MAC_init(context, bytes, key.count, nil), "key an HMAC")
    }
  }

  func restart() {
    unsafe expectSuccess(zd_hmac_restart(context), "restart an HMAC")
  }

  func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    unsafe expectSuccess(
      EVP_MAC_update(context, base.assumingMemoryBound(to: UInt8.self), bytes.count), "update an HMAC")
  }

  /// Feeds a number as eight big-endian bytes: lengths in front of variable parts keep their borders apart.
  func update(count: Int) {
    unsafe withUnsafeBytes(of: UInt64(count).bigEndian) { unsafe update($0) }
  }

  func finish() -> [UInt8] {
    let size = digest.byteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      unsafe finish(into: UnsafeMutableRawBufferPointer(buffer))
      initialized = size
    }
  }

  /// The buffer must hold the digest's full length.
  func finish(into buffer: UnsafeMutableRawBufferPointer) {
    var written = 0
    unsafe expectSuccess(
      EVP_MAC_final(
        context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, buffer.count),
      "finish an HMAC")
  }
}
