/// What went wrong with a key, a signature or a sealed value. Carries neither key material nor plain text.
public struct CryptoError: Error, Hashable, Sendable {
  /// Stable word for programs; open to growth.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// Text that should be hexadecimal or Base64 is not.
    public static let malformedText = Code(rawValue: "crypto-malformed-text")
    /// A key, initialisation vector or message of a length the algorithm does not take.
    public static let invalidLength = Code(rawValue: "crypto-invalid-length")
    /// A key that cannot be read or is no key of this algorithm.
    public static let invalidKey = Code(rawValue: "crypto-invalid-key")
    /// A certificate that cannot be read or is not usable.
    public static let invalidCertificate = Code(rawValue: "crypto-invalid-certificate")
    /// A signature that is not well-formed.
    public static let malformedSignature = Code(rawValue: "crypto-malformed-signature")
    /// A ciphertext that is not well-formed.
    public static let malformedCiphertext = Code(rawValue: "crypto-malformed-ciphertext")
    /// Wrong key or damaged ciphertext.
    public static let decryptionFailed = Code(rawValue: "crypto-decryption-failed")
    /// A sealed value was altered, or opened in another context than it was sealed for.
    public static let authenticationFailed = Code(rawValue: "crypto-authentication-failed")
    /// A value is sealed or wrapped with a key that is not at hand.
    public static let unknownKey = Code(rawValue: "crypto-unknown-key")
    /// No master keys were given.
    public static let missingKeys = Code(rawValue: "crypto-missing-keys")
    /// The text of master keys is not as it must be.
    public static let malformedKeys = Code(rawValue: "crypto-malformed-keys")
    /// The file of master keys can be read by others.
    public static let exposedKeys = Code(rawValue: "crypto-exposed-keys")
    /// A file cannot be read.
    public static let unreadableFile = Code(rawValue: "crypto-unreadable-file")
    /// OpenSSL refused or lacks something that works on every Debian 12.
    public static let library = Code(rawValue: "crypto-library")
  }

  public let code: Code
  /// What was found.
  public let message: String
  /// What to do next; empty when the caller knows better.
  public let remedy: String
  /// File and line, or the name of an environment variable; nil where bytes have no address.
  public let location: String?

  public init(code: Code, message: String, remedy: String = "", location: String? = nil) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.location = location
  }
}

extension CryptoError: CustomStringConvertible {
  public var description: String {
    var text = location.map { "\($0): " } ?? ""
    text += message
    if !remedy.isEmpty { text += " (\(remedy))" }
    return text
  }
}
