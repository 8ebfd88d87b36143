import Crypto
import TestSupport
import Testing

@Suite struct TextTests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64(plain: String, encoded: String) throws {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(try Base64.decode(encoded) == Array(plain.utf8))
    let urlSafe = Base64.encode(Array(plain.utf8), alphabet: .urlSafe)
    #expect(urlSafe == encoded.filter { $0 != "=" })
    #expect(try Base64.decode(urlSafe, alphabet: .urlSafe) == Array(plain.utf8))
    #expect(try Base64.decode(encoded, alphabet: .urlSafe) == Array(plain.utf8))
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "=", "====", "Zm9v\n", " Zm9v", "Zm-v", "Zm_v",
    "Z=g=",
    "Zg==Zg==", "Zm９v",
  ])
  func base64Refuses(text: String) {
    expectError(.malformedText) { () throws(CryptoError) in try Base64.decode(text) }
  }

  @Test func base64LineBreaksAndAlphabets() throws {
    #expect(try Base64.decode("Zm9v\r\nYmFy\n", skippingLineBreaks: true) == Array("foobar".utf8))
    expectError(.malformedText) { () throws(CryptoError) in
      try Base64.decode("Zm9v Zg==", skippingLineBreaks: true)
    }
    let high: [UInt8] = [0xFB, 0xFF, 0xFE]
    #expect(Base64.encode(high) == "+//+")
    #expect(Base64.encode(high, alphabet: .urlSafe) == "-__-")
    expectError(.malformedText) { () throws(CryptoError) in try Base64.decode("+//+", alphabet: .urlSafe) }
  }

  @Test func roundTrips() throws {
    var generator = SplitMix64(seed: 3)
    for length in 0..<200 {
      let data = generator.bytes(length)
      #expect(try Base64.decode(Base64.encode(data)) == data)
      #expect(try Hex.decode(Hex.encode(data)) == data)
      #expect(try Hex.decode(Hex.encode(data, uppercase: true)) == data)
    }
  }

  @Test func hex() throws {
    #expect(Hex.encode([0, 0x9A, 0xFF]) == "009aff")
    #expect(Hex.encode([0, 0x9A, 0xFF], uppercase: true) == "009AFF")
    #expect(Hex.encode([]) == "")
    #expect(try Hex.decode("") == [])
    #expect(try Hex.decode("aBcD") == [0xAB, 0xCD])
  }

  @Test(arguments: ["0", "0g", "g0", "0x12", " 12", "12 ", "１２", "ab:cd"])
  func hexRefuses(text: String) {
    expectError(.malformedText) { () throws(CryptoError) in try Hex.decode(text) }
  }

  @Test func comparesInConstantTime() {
    #expect(constantTimeEquals([], []))
    #expect(constantTimeEquals([1, 2], [1, 2]))
    #expect(!constantTimeEquals([1, 2], [1, 3]))
    #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
  }

  @Test func randomBytesDiffer() {
    #expect(SecureRandom.bytes(0).isEmpty)
    #expect(Set((0..<1000).map { _ in SecureRandom.bytes(16) }).count == 1000)
    var random = SecureRandom()
    #expect(random.next() != random.next())
  }
}
