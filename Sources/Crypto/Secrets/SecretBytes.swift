import COpenSSL

/// Key material that is overwritten when the last holder lets go, and that no description shows.
///
/// Unchecked: the memory is written in `init` only and read afterwards.
@safe final class SecretBytes: @unchecked Sendable {
  let count: Int
  private let memory: UnsafeMutableRawPointer

  init(_ bytes: Span<UInt8>) {
    count = bytes.count
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
    for index in 0..<count {
      unsafe memory.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self)
    }
  }

  /// Fresh random bytes.
  init(random count: Int) {
    self.count = count
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
    unsafe SecureRandom.fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
  }

  deinit {
    unsafe OPENSSL_cleanse(memory, count)
    unsafe memory.deallocate()
  }

  /// Lends the bytes; the pointer must not leave the body.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  /// A copy for calls that want an array; the caller cleanses it with ``cleanse(_:)``.
  func copy() -> [UInt8] {
    unsafe withBytes { unsafe [UInt8]($0) }
  }
}

/// Overwrites an array that held key material. Works on the storage itself only while nobody else shares it.
func cleanse(_ bytes: inout [UInt8]) {
  unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
}

extension SecretBytes: CustomStringConvertible {
  var description: String { "\(count) secret bytes" }
}
