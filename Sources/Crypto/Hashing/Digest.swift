import COpenSSL

/// The hash functions that platforms use. MD5 and SHA-1 serve their signatures only, never a purpose of ours.
public enum Digest: String, CaseIterable, Sendable {
  case md5, sha1, sha256, sha384, sha512
  /// GB/T 32905-2016
  case sm3

  /// Length of the result.
  public var byteCount: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256, .sm3: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  public func hash(_ bytes: [UInt8]) -> [UInt8] {
    hash(bytes.span)
  }

  public func hash(_ bytes: Span<UInt8>) -> [UInt8] {
    let size = byteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      unsafe bytes.withUnsafeBytes { input in
        unsafe expectSuccess(
          EVP_Digest(input.baseAddress, input.count, buffer.baseAddress, nil, algorithm, nil), "hash")
      }
      initialized = size
    }
  }

  /// The hash of a text's UTF-8.
  public func hash(_ text: String) -> [UInt8] {
    hash(text.utf8.span)
  }

  var algorithm: OpaquePointer {
    switch self {
    case .md5: unsafe Algorithms.md5
    case .sha1: unsafe Algorithms.sha1
    case .sha256: unsafe Algorithms.sha256
    case .sha384: unsafe Algorithms.sha384
    case .sha512: unsafe Algorithms.sha512
    case .sm3: unsafe Algorithms.sm3
    }
  }

  /// The name under which OpenSSL's HMAC looks the digest up.
  var libraryName: String {
    switch self {
    case .md5: "MD5"
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    case .sha384: "SHA384"
    case .sha512: "SHA512"
    case .sm3: "SM3"
    }
  }
}
