extension SM2 {
  /// The numbers r and s, 32 big-endian bytes each. Well-formed does not mean in range: that is part of verifying.
  public struct Signature: Hashable, Sendable {
    public let r: [UInt8]
    public let s: [UInt8]

    /// DER as GM/T 0009 has it: SEQUENCE of two INTEGERs, and nothing that only BER would allow.
    public init(der: [UInt8]) throws(CryptoError) {
      guard var reader = DERReader.onlySequence(in: der), let r = reader.unsignedInteger(byteCount: 32),
        let s = reader.unsignedInteger(byteCount: 32), reader.isAtEnd
      else {
        throw CryptoError(
          code: .malformedSignature, message: "the signature is no DER sequence of two numbers of 256 bits")
      }
      self.r = r
      self.s = s
    }

    /// r‖s, exactly 64 bytes.
    public init(raw: [UInt8]) throws(CryptoError) {
      guard raw.count == 64 else {
        throw CryptoError(
          code: .malformedSignature, message: "a raw signature r‖s has 64 bytes, not \(raw.count)")
      }
      r = Array(raw[..<32])
      s = Array(raw[32...])
    }

    public var der: [UInt8] {
      var writer = DERWriter()
      writer.unsignedInteger(r)
      writer.unsignedInteger(s)
      return writer.sequence()
    }

    public var raw: [UInt8] { r + s }
  }
}
