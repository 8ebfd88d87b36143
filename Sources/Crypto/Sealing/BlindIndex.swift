/// Finds sealed values by equality: the same value of the same domain always gives the same token, and without the
/// key nobody can tell which value, nor test guesses. Safe to use from several threads.
public struct BlindIndex: Sendable {
  /// Length of a token: half of HMAC-SM3, so that two of a million million values meet once in 10¹⁴ cases.
  public static let tokenByteCount = 16

  private let key: HMACKey

  /// - Throws: `.invalidKey` for a key of another purpose.
  public init(key: DataKey) throws(CryptoError) {
    guard key.purpose == .index else {
      throw CryptoError(code: .invalidKey, message: "\(key) makes no tokens")
    }
    self.key = HMACKey(.sm3, secret: key.secret)
  }

  /// - Parameters:
  ///   - domain: what kind of value it is (`uscc`, `citizen-id`, …): equal texts of two domains do not meet.
  ///   - value: in its normal form.
  public func token(_ domain: String, _ value: [UInt8]) -> [UInt8] {
    token(domain, value.span)
  }

  public func token(_ domain: String, _ value: String) -> [UInt8] {
    token(domain, value.utf8.span)
  }

  public func token(_ domain: String, _ value: Span<UInt8>) -> [UInt8] {
    key.withContext { context in
      context.restart()
      context.update(count: domain.utf8.count)
      context.update(domain.utf8.span)
      context.update(value)
      return unsafe withUnsafeTemporaryAllocation(byteCount: Digest.sm3.byteCount, alignment: 8) { buffer in
        unsafe context.finish(into: buffer)
        return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<BlindIndex.tokenByteCount]))
      }
    }
  }
}
