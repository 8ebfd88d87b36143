import COpenSSL

extension SM2 {
  /// A private number with its point: signs and decrypts. No description shows it.
  public struct PrivateKey: Sendable {
    public let publicKey: PublicKey
    let handle: SM2KeyHandle
    private let number: SecretBytes

    /// A fresh key.
    public init() {
      while true {
        // Out of range about once in 2³² tries.
        if let key = SM2.attempt({ () throws(CryptoError) in try PrivateKey(number: SecretBytes(random: 32)) }
        ) {
          self = key
          return
        }
      }
    }

    /// The number d, 32 bytes big-endian.
    public init(bytes: [UInt8]) throws(CryptoError) {
      guard bytes.count == 32 else {
        throw CryptoError(
          code: .invalidKey, message: "an SM2 private key has 32 bytes, not \(bytes.count)",
          remedy: "check that the key was copied whole")
      }
      try self.init(number: SecretBytes(bytes.span))
    }

    /// The same in hexadecimal.
    public init(hex: String) throws(CryptoError) {
      try self.init(bytes: Hex.decode(hex))
    }

    /// PKCS#8 or SEC 1, encrypted or not. An encrypted key without a password is refused.
    public init(pem: String, password: String? = nil) throws(CryptoError) {
      var text = pem
      try unsafe self.init(
        readKey: text.withUTF8 { bytes in
          unsafe bytes.withMemoryRebound(to: CChar.self) {
            unsafe zd_private_from_pem($0.baseAddress, Int32(clamping: $0.count), password)
          }
        })
    }

    /// PKCS#8 or SEC 1.
    public init(der: [UInt8]) throws(CryptoError) {
      try unsafe self.init(readKey: zd_private_from_der(der, der.count))
    }

    /// Any of the forms in which platforms hand keys over: PEM, hexadecimal, or Base64 of DER or of the number.
    public init(text: String, password: String? = nil) throws(CryptoError) {
      if text.contains("-----BEGIN") {
        try self.init(pem: text, password: password)
        return
      }
      let word = SM2.trimmed(text)
      if let bytes = SM2.attempt({ () throws(CryptoError) in try Hex.decode(word) }) {
        // Some tools write a sign byte in front.
        try self.init(bytes: bytes.count == 33 && bytes[0] == 0 ? Array(bytes[1...]) : bytes)
        return
      }
      let bytes = try Base64.decode(word, skippingLineBreaks: true)
      if bytes.count == 32 {
        try self.init(bytes: bytes)
      } else {
        try self.init(der: bytes)
      }
    }

    private init(number: SecretBytes) throws(CryptoError) {
      var point = [UInt8](repeating: 0, count: 65)
      let good = unsafe number.withBytes { bytes in
        unsafe zd_sm2_public_of(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &point)
      }
      guard good == 1 else {
        discardLibraryErrors()
        throw CryptoError(
          code: .invalidKey, message: "the SM2 private key is out of range",
          remedy: "it must lie between 1 and the order of the curve less 2")
      }
      self.number = number
      handle = try SM2KeyHandle(point: point, number: number)
      publicKey = try PublicKey(point: point)
    }

    private init(readKey key: OpaquePointer?) throws(CryptoError) {
      defer { unsafe EVP_PKEY_free(key) }
      var number = [UInt8](repeating: 0, count: 32)
      var point = [UInt8](repeating: 0, count: 65)
      defer { cleanse(&number) }
      guard let key = unsafe key, unsafe zd_sm2_numbers(key, &number, &point) == 2 else {
        discardLibraryErrors()
        throw CryptoError(
          code: .invalidKey, message: "this is no SM2 private key, or its password is wrong",
          remedy: "give PKCS#8 or SEC 1 on the SM2 curve, as PEM or DER")
      }
      try self.init(number: SecretBytes(number.span))
    }

    /// The number d, 32 bytes big-endian, for export.
    public var bytes: [UInt8] { number.copy() }

    /// Unencrypted PKCS#8.
    public var pem: String { SM2.pem(handle, isPrivate: true) }
  }
}

extension SM2.PrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "SM2 private key of \(publicKey.hex)" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
