import COpenSSL

extension SM2 {
  /// A point of the curve: verifies signatures and encrypts.
  public struct PublicKey: Sendable {
    /// x‖y, 64 bytes.
    public let bytes: [UInt8]
    let handle: SM2KeyHandle

    /// x‖y (64 bytes), 04‖x‖y (65) or 02/03‖x (33). Fails for a point that is not on the curve.
    public init(bytes: [UInt8]) throws(CryptoError) {
      let encoded: [UInt8]
      switch (bytes.count, bytes.first) {
      case (64, _): encoded = [4] + bytes
      case (65, 4), (33, 2), (33, 3): encoded = bytes
      default:
        throw CryptoError(
          code: .invalidKey, message: "an SM2 public key is x‖y (64 bytes), 04‖x‖y (65) or 02/03‖x (33)",
          remedy: "check the key given by the platform; here are \(bytes.count) bytes")
      }
      guard let point = SM2KeyHandle.normalPoint(encoded) else {
        throw CryptoError(
          code: .invalidKey, message: "the SM2 public key is not a point of the curve",
          remedy: "check that the key was copied whole, and that it is an SM2 key")
      }
      try self.init(point: point)
    }

    /// The same in hexadecimal.
    public init(hex: String) throws(CryptoError) {
      try self.init(bytes: Hex.decode(hex))
    }

    /// `-----BEGIN PUBLIC KEY-----`
    public init(pem: String) throws(CryptoError) {
      var text = pem
      try unsafe self.init(
        readKey: text.withUTF8 { bytes in
          unsafe bytes.withMemoryRebound(to: CChar.self) {
            unsafe zd_public_from_pem($0.baseAddress, Int32(clamping: $0.count))
          }
        })
    }

    /// A SubjectPublicKeyInfo.
    public init(der: [UInt8]) throws(CryptoError) {
      try unsafe self.init(readKey: zd_public_from_der(der, der.count))
    }

    /// Any of the forms in which platforms hand keys over: PEM, hexadecimal, or Base64 of DER or of the point.
    public init(text: String) throws(CryptoError) {
      if text.contains("-----BEGIN") {
        try self.init(pem: text)
        return
      }
      let word = SM2.trimmed(text)
      if let bytes = SM2.attempt({ () throws(CryptoError) in try Hex.decode(word) }) {
        try self.init(bytes: bytes)
        return
      }
      let bytes = try Base64.decode(word, skippingLineBreaks: true)
      if bytes.first == 0x30, bytes.count > 65 {
        try self.init(der: bytes)
      } else {
        try self.init(bytes: bytes)
      }
    }

    /// `point` is known to lie on the curve: 04‖x‖y.
    init(point: [UInt8]) throws(CryptoError) {
      handle = try SM2KeyHandle(point: point, number: nil)
      bytes = Array(point[1...])
    }

    private init(readKey key: OpaquePointer?) throws(CryptoError) {
      defer { unsafe EVP_PKEY_free(key) }
      var number = [UInt8](repeating: 0, count: 32)
      var point = [UInt8](repeating: 0, count: 65)
      guard let key = unsafe key, unsafe zd_sm2_numbers(key, &number, &point) != 0 else {
        discardLibraryErrors()
        throw CryptoError(
          code: .invalidKey, message: "this is no SM2 public key",
          remedy: "give a SubjectPublicKeyInfo on the SM2 curve, as PEM or DER")
      }
      cleanse(&number)
      try self.init(point: point)
    }

    public var hex: String { Hex.encode(bytes) }

    public var pem: String { SM2.pem(handle, isPrivate: false) }
  }

  /// nil in place of an error, where another reading is tried next.
  static func attempt<Value>(_ body: () throws(CryptoError) -> Value) -> Value? {
    do {
      return try body()
    } catch {
      return nil
    }
  }

  /// Without blanks and line ends at either end.
  static func trimmed(_ text: String) -> String {
    let blank = { (character: Character) in character.isWhitespace }
    var rest = text[...].drop(while: blank)
    while let last = rest.last, blank(last) { rest.removeLast() }
    return String(rest)
  }

  static func pem(_ handle: SM2KeyHandle, isPrivate: Bool) -> String {
    var text: UnsafeMutablePointer<CChar>?
    let length = unsafe zd_key_to_pem(handle.pointer, isPrivate ? 1 : 0, &text)
    guard let text = unsafe text else { fatalError("OpenSSL could not write a key as PEM") }
    defer { unsafe zd_clear_free(text, length) }
    return unsafe text.withMemoryRebound(to: UInt8.self, capacity: length) {
      unsafe String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }
}

extension SM2.PublicKey: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.bytes == right.bytes
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(bytes)
  }
}
