import Crypto
import Glibc
import Testing

@Suite struct KeyRingTests {
  static let hex = "8f3a5be40d6fa1120e6c4b9c2f7d31a58b60d4c17e92f3a0b5c6d7e8f9010203"

  @Test func readsHexadecimalAndBase64() throws {
    let ring = try KeyRing(
      text: """
        # keys of the site
        2026-01: \(KeyRingTests.hex)

          b :  \(Base64.encode(SecureRandom.bytes(32)))\t\r
        c:\(Base64.encode(SecureRandom.bytes(32), alphabet: .urlSafe))
        """, source: "keys")
    #expect(ring.ids == ["2026-01", "b", "c"])
    #expect(ring.currentID == "c")
    #expect("\(ring)" == "master keys 2026-01, b, c")
  }

  @Test func hexAndBase64OfOneKeyAreTheSame() throws {
    let one = try KeyRing(text: "a: \(KeyRingTests.hex.uppercased())", source: "keys")
    let other = try KeyRing(text: "a: \(Base64.encode(bytes(KeyRingTests.hex)))", source: "keys")
    let wrapped = DataKey(id: 1, purpose: .sealing).wrapped(with: one)
    #expect(throws: Never.self) { try DataKey(unwrapping: wrapped, id: 1, purpose: .sealing, with: other) }
  }

  @Test func readsTheEnvironment() throws {
    let line = "a: \(KeyRingTests.hex); b: \(Hex.encode(SecureRandom.bytes(32)))"
    #expect(try KeyRing(environmentVariable: "ZHENGDIAN_KEYS", value: line).ids == ["a", "b"])
    do {
      _ = try KeyRing(environmentVariable: "ZHENGDIAN_KEYS", value: nil)
      Issue.record("expected an error")
    } catch {
      #expect(error.code == .missingKeys)
      #expect(error.description.contains("$ZHENGDIAN_KEYS"))
      #expect(error.remedy.contains("openssl rand -hex 32"))
    }
  }

  @Test(arguments: [
    ("", CryptoError.Code.missingKeys, "keys:"), ("# only a comment\n\n", .missingKeys, "keys:"),
    ("a \(hex)", .malformedKeys, "keys:1:"), ("# x\n\na: \(hex.dropLast(2))", .malformedKeys, "keys:3: "),
    ("a: \(hex)00", .malformedKeys, "33 bytes"), ("a: short", .malformedKeys, "neither"),
    ("a:", .malformedKeys, "0 bytes"),
    ("a: \(hex.dropLast())", .malformedKeys, "keys:1: "), (": \(hex)", .malformedKeys, "id"),
    ("a b: \(hex)", .malformedKeys, "id"), ("键: \(hex)", .malformedKeys, "id"),
    ("\(String(repeating: "x", count: 33)): \(hex)", .malformedKeys, "id"),
    ("a: \(String(repeating: "00", count: 32))", .malformedKeys, "not random"),
    ("a: \(hex)\na: \(hex)", .malformedKeys, "keys:2: the master key 'a' was given before, in line 1"),
    ("a: \(hex)\nb: \(hex)", .malformedKeys, "keys:2: the master keys 'b' and 'a' are the same"),
  ])
  func refusesWithALine(text: String, code: CryptoError.Code, part: String) {
    do {
      _ = try KeyRing(text: text, source: "keys")
      Issue.record("expected an error")
    } catch {
      #expect(error.code == code)
      #expect(error.description.contains(part), "\(error)")
      #expect(!error.description.contains(KeyRingTests.hex.prefix(12)), "a key must not be shown")
    }
  }

  @Test func freshLinesAreReadBack() throws {
    let text = try KeyRing.freshLine(id: "2026-01") + KeyRing.freshLine(id: "2026-02")
    #expect(try KeyRing(text: text, source: "keys").ids == ["2026-01", "2026-02"])
    expectError(.malformedKeys) { () throws(CryptoError) in try KeyRing.freshLine(id: "a b") }
  }

  @Test(arguments: [0o600, 0o400, 0o700])
  func readsAFileOfItsOwner(mode: Int) throws {
    try withFile("a: \(KeyRingTests.hex)\n", mode: mode) { path in
      let ring = try KeyRing(file: path)
      #expect(ring.ids == ["a"])
    }
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o610, 0o602])
  func refusesAFileThatOthersReach(mode: Int) throws {
    try withFile("a: \(KeyRingTests.hex)\n", mode: mode) { path in
      do {
        _ = try KeyRing(file: path)
        Issue.record("expected an error")
      } catch let error as CryptoError {
        #expect(error.code == .exposedKeys)
        #expect(error.description.contains(path) && error.remedy.contains("chmod 600"))
      }
    }
  }

  @Test func refusesWhatIsNoKeyFile() throws {
    try withFile("a: \(KeyRingTests.hex)\n", mode: 0o600) { path in
      expectError(.missingKeys) { () throws(CryptoError) in try KeyRing(file: path + ".missing") }
      expectError(.unreadableFile) { () throws(CryptoError) in try KeyRing(file: path + "/x") }
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      expectError(.unreadableFile) { () throws(CryptoError) in try KeyRing(file: folder) }
      #expect(unsafe mkfifo(path + ".pipe", 0o600) == 0)
      defer { unsafe unlink(path + ".pipe") }
      expectError(.unreadableFile) { () throws(CryptoError) in try KeyRing(file: path + ".pipe") }
    }
    try withFile(String(repeating: "#\n", count: 40_000), mode: 0o600) { path in
      expectError(.malformedKeys) { () throws(CryptoError) in try KeyRing(file: path) }
    }
    try withFile("", mode: 0o600) { path in
      expectError(.missingKeys) { () throws(CryptoError) in try KeyRing(file: path) }
    }
    try withFile(bytes: [0xFF, 0xFE, 0x61], mode: 0o600) { path in
      expectError(.malformedKeys) { () throws(CryptoError) in try KeyRing(file: path) }
    }
  }

  private func withFile(_ text: String, mode: Int, _ body: (String) throws -> Void) throws {
    try withFile(bytes: Array(text.utf8), mode: mode, body)
  }

  /// A file in a folder of its own, removed afterwards.
  private func withFile(bytes: [UInt8], mode: Int, _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/zhengdian-keys-XXXXXX".utf8CString)
    try #require(unsafe mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = folder + "/keys"
    defer {
      unsafe unlink(path)
      unsafe rmdir(folder)
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
    try #require(descriptor >= 0)
    #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
    // Not by open, which subtracts the umask.
    #expect(fchmod(descriptor, mode_t(mode)) == 0)
    close(descriptor)
    try body(path)
  }
}
