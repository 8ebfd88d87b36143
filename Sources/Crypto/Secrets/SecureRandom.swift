import COpenSSL

/// Random bytes fit for keys. When the system's source fails the process stops: there is no safe way on.
public struct SecureRandom: RandomNumberGenerator, Sendable {
  public init() {}

  public static func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }

  public mutating func next() -> UInt64 {
    var value: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &value) { unsafe SecureRandom.fill($0) }
    return value
  }

  static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return }
    guard unsafe RAND_bytes(base.assumingMemoryBound(to: UInt8.self), Int32(buffer.count)) == 1 else {
      fatalError("the random source of OpenSSL failed")
    }
  }
}

/// Compares in a time that depends on the lengths only, so that a guesser learns nothing from how long it took.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  guard left.count == right.count else { return false }
  guard !left.isEmpty else { return true }
  return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}
