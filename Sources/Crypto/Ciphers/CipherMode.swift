/// How a block cipher is applied to more than one block.
public enum CipherMode: Hashable, Sendable {
  /// Each block by itself. Equal blocks stay visible: for platforms that demand it.
  case ecb
  /// With an initialisation vector of one block.
  case cbc(iv: [UInt8])
  /// With an initial counter of one block, counting through all of its bits. Needs no padding.
  case ctr(iv: [UInt8])
}

/// How the last block is filled up in ECB and CBC. CTR ignores it.
public enum CipherPadding: Hashable, Sendable {
  /// RFC 5652; what Java calls PKCS5Padding.
  case pkcs7
  /// The text must be whole blocks.
  case none
}

/// SM4, GB/T 32907-2016: 16-byte key, 16-byte block.
public enum SM4 {
  public static func encrypt(
    _ plain: [UInt8], key: [UInt8], mode: CipherMode, padding: CipherPadding = .pkcs7
  ) throws(CryptoError) -> [UInt8] {
    try BlockCipher.sm4.run(plain, key: key, mode: mode, padding: padding, encrypting: true)
  }

  public static func decrypt(
    _ cipher: [UInt8], key: [UInt8], mode: CipherMode, padding: CipherPadding = .pkcs7
  ) throws(CryptoError) -> [UInt8] {
    try BlockCipher.sm4.run(cipher, key: key, mode: mode, padding: padding, encrypting: false)
  }
}

/// AES with a key of 16, 24 or 32 bytes; 16-byte block.
public enum AES {
  public static func encrypt(
    _ plain: [UInt8], key: [UInt8], mode: CipherMode, padding: CipherPadding = .pkcs7
  ) throws(CryptoError) -> [UInt8] {
    try BlockCipher.aes.run(plain, key: key, mode: mode, padding: padding, encrypting: true)
  }

  public static func decrypt(
    _ cipher: [UInt8], key: [UInt8], mode: CipherMode, padding: CipherPadding = .pkcs7
  ) throws(CryptoError) -> [UInt8] {
    try BlockCipher.aes.run(cipher, key: key, mode: mode, padding: padding, encrypting: false)
  }
}
