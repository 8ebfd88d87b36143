import COpenSSL

/// Owns an EVP_PKEY with an SM2 key.
///
/// Unchecked: the key is complete when the handle is made and only read afterwards; OpenSSL locks the caches it
/// keeps inside.
@safe final class SM2KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// `point` is 04‖x‖y on the curve, `number` 32 bytes that belong to it.
  init(point: [UInt8], number: SecretBytes?) throws(CryptoError) {
    let key: OpaquePointer?
    if let number {
      unsafe key = unsafe number.withBytes { bytes in
        unsafe zd_sm2_key(point, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      }
    } else {
      unsafe key = unsafe zd_sm2_key(point, nil)
    }
    guard let key = unsafe key else {
      discardLibraryErrors()
      throw CryptoError(code: .library, message: "OpenSSL does not take the SM2 key")
    }
    unsafe pointer = unsafe key
  }

  deinit {
    unsafe EVP_PKEY_free(pointer)
  }

  /// 04‖x‖y of a point in any encoding; nil when it does not lie on the curve.
  static func normalPoint(_ encoded: [UInt8]) -> [UInt8]? {
    var point = [UInt8](repeating: 0, count: 65)
    guard unsafe zd_sm2_normal_point(encoded, encoded.count, &point) == 1 else {
      discardLibraryErrors()
      return nil
    }
    return point
  }
}
