import Glibc

/// The text of master keys, as it stands in a file or an environment variable:
///
///     # one key a line, "id: key"; the last one is current
///     2026-01: 3f9a…64 hexadecimal digits
///     2026-07: PZ8…44 characters of Base64
///
/// A key has 32 bytes. An id has 1 to 32 letters, digits, `.`, `_` or `-`. Blank lines and lines that begin with `#`
/// do not count. In an environment variable `;` may stand for the end of a line.
extension KeyRing {
  /// - Parameter source: named in errors, with the line.
  /// - Throws: `.missingKeys` when there is none, `.malformedKeys` with the line.
  public init(text: String, source: String) throws(CryptoError) {
    var keys: [(key: MasterKey, secret: SecretBytes, line: Int)] = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline || $0 == ";" }) {
      number += 1
      let content = SM2.trimmed(String(line))
      if content.isEmpty || content.hasPrefix("#") { continue }
      let location = "\(source):\(number)"
      let (id, secret) = try KeyRing.parse(content, location: location)
      if let earlier = keys.first(where: { $0.key.id == id }) {
        throw CryptoError(
          code: .malformedKeys, message: "the master key '\(id)' was given before, in line \(earlier.line)",
          remedy:
            "remove one of the two; if they differ, values sealed with the removed one cannot be opened",
          location: location)
      }
      if let earlier = keys.first(where: { constantTimeEquals($0.secret.copy(), secret.copy()) }) {
        throw CryptoError(
          code: .malformedKeys, message: "the master keys '\(id)' and '\(earlier.key.id)' are the same",
          remedy: "make a fresh one with 'openssl rand -hex 32'", location: location)
      }
      keys.append((MasterKey(id: id, secret: secret), secret, number))
    }
    guard !keys.isEmpty else {
      throw CryptoError(
        code: .missingKeys, message: "there is no master key", remedy: KeyRing.howToMake, location: source)
    }
    self.init(keys: keys.map(\.key))
  }

  /// Reads a file that only its owner may read or write.
  ///
  /// - Throws: besides the errors of the text, `.missingKeys` when there is no file, `.exposedKeys` when group or
  ///   others have any right on it, `.unreadableFile`.
  public init(file path: String) throws(CryptoError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let number = errno
      throw CryptoError(
        code: number == ENOENT ? .missingKeys : .unreadableFile,
        message: number == ENOENT
          ? "there is no key file" : "the key file cannot be opened (\(KeyRing.text(number)))",
        remedy: number == ENOENT ? KeyRing.howToMake : "let the service's user own it, with 'chmod 600'",
        location: path)
    }
    defer { close(descriptor) }
    // Asked of the open file, so that it cannot be exchanged between the check and the reading.
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CryptoError(code: .unreadableFile, message: "the key file is no regular file", location: path)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw CryptoError(
        code: .exposedKeys,
        message:
          "the key file can be reached by other users (mode \(String(status.st_mode & 0o777, radix: 8)))",
        remedy: "run 'chmod 600' on it, and think about making new keys", location: path)
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw CryptoError(
        code: .exposedKeys, message: "the key file belongs to another user (uid \(status.st_uid))",
        remedy: "let it belong to the user of the service or to root", location: path)
    }
    var bytes = try KeyRing.read(descriptor, path: path)
    defer { cleanse(&bytes) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CryptoError(
        code: .malformedKeys, message: "the key file is not UTF-8 text", remedy: KeyRing.howToMake,
        location: path)
    }
    try self.init(text: text, source: path)
  }

  /// From the value of an environment variable, nil when it is not set. The caller reads the environment, once at
  /// the start.
  public init(environmentVariable name: String, value: String?) throws(CryptoError) {
    guard let value else {
      throw CryptoError(
        code: .missingKeys, message: "there is no master key", remedy: KeyRing.howToMake, location: "$\(name)"
      )
    }
    try self.init(text: value, source: "$\(name)")
  }

  /// A line with a fresh key for a key file, ending in a newline.
  public static func freshLine(id: String) throws(CryptoError) -> String {
    try requireID(id, location: nil)
    return "\(id): \(Hex.encode(SecureRandom.bytes(MasterKey.byteCount)))\n"
  }

  private static let largestFile = 1 << 16
  private static let howToMake =
    "make one: echo \"$(date +%Y-%m): $(openssl rand -hex 32)\" in a file of mode 600, and keep a copy in a safe place"

  private static func parse(_ line: String, location: String) throws(CryptoError) -> (String, SecretBytes) {
    guard let colon = line.firstIndex(of: ":") else {
      throw CryptoError(
        code: .malformedKeys, message: "a line of master keys reads 'id: key', and this one has no colon",
        location: location)
    }
    let id = SM2.trimmed(String(line[..<colon]))
    try requireID(id, location: location)
    let word = SM2.trimmed(String(line[line.index(after: colon)...]))
    // 64 hexadecimal digits would also be Base64, of 48 bytes: hexadecimal goes first.
    guard
      var bytes = SM2.attempt({ () throws(CryptoError) in try Hex.decode(word) })
        ?? SM2.attempt({ () throws(CryptoError) in try Base64.decode(word) })
        ?? SM2.attempt({ () throws(CryptoError) in try Base64.decode(word, alphabet: .urlSafe) })
    else {
      throw CryptoError(
        code: .malformedKeys, message: "the master key '\(id)' is neither hexadecimal nor Base64",
        remedy: "make one with 'openssl rand -hex 32'", location: location)
    }
    defer { cleanse(&bytes) }
    guard bytes.count == MasterKey.byteCount else {
      throw CryptoError(
        code: .malformedKeys, message: "the master key '\(id)' has \(bytes.count) bytes, not 32",
        remedy: "make one with 'openssl rand -hex 32'", location: location)
    }
    guard Set(bytes).count >= 8 else {
      throw CryptoError(
        code: .malformedKeys, message: "the master key '\(id)' is not random",
        remedy: "make one with 'openssl rand -hex 32'", location: location)
    }
    return (id, SecretBytes(bytes.span))
  }

  private static func requireID(_ id: String, location: String?) throws(CryptoError) {
    let isGood = id.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isGood, (1...32).contains(id.utf8.count) else {
      throw CryptoError(
        code: .malformedKeys, message: "the id of a master key has 1 to 32 letters, digits, '.', '_' or '-'",
        location: location)
    }
  }

  private static func read(_ descriptor: Int32, path: String) throws(CryptoError) -> [UInt8] {
    // One buffer from the start, so that growing leaves no copies of keys behind.
    var buffer = [UInt8](repeating: 0, count: largestFile + 1)
    defer { cleanse(&buffer) }
    var length = 0
    while length < buffer.count {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress?.advanced(by: length), bytes.count - length)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CryptoError(
          code: .unreadableFile, message: "the key file cannot be read (\(text(errno)))", location: path)
      }
      if count == 0 { break }
      length += count
    }
    guard length <= largestFile else {
      throw CryptoError(
        code: .malformedKeys, message: "the key file has more than \(largestFile) bytes",
        remedy: "check that it is the key file", location: path)
    }
    return Array(buffer.prefix(length))
  }

  private static func text(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
