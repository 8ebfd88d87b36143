import Crypto
import TestSupport
import Testing

@Suite struct DigestTests {
  /// GB/T 32905-2016 appendix A for SM3; FIPS 180-4 examples and RFC 1321 for the others.
  @Test(arguments: [
    (Digest.sm3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (
      .sm3, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
      "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    ),
    (.sm3, "", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      .sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      .sha384, "abc",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512, "abc",
      """
      ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
      2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
      """
    ),
  ])
  func publishedVectors(digest: Digest, message: String, expected: String) {
    #expect(Hex.encode(digest.hash(message)) == expected)
    #expect(Hex.encode(digest.hash(Array(message.utf8))) == expected)
    #expect(digest.byteCount * 2 == expected.count)
  }

  @Test(arguments: Digest.allCases)
  func streamsAgreeWithOneShot(digest: Digest) {
    var generator = SplitMix64(seed: 1)
    for length in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000, 100_000] {
      let message = generator.bytes(length)
      var stream = DigestStream(digest)
      var rest = message[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...max(1, length / 3), using: &generator))
        stream.update(Array(piece))
        rest = rest.dropFirst(piece.count)
        stream.update([])
      }
      #expect(stream.finish() == digest.hash(message))
    }
  }

  /// One million times "a": FIPS 180-4 and the GmSSL suite.
  @Test func millionLetters() {
    var sha = DigestStream(.sha256)
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { sha.update(piece) }
    #expect(
      Hex.encode(sha.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}

@Suite struct HMACTests {
  /// RFC 4231 cases 1–4, 6 and 7; RFC 2202 for MD5 and SHA-1.
  @Test(arguments: [
    (
      Digest.sha256, String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      .sha256, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      .sha256, String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      .sha256, "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      .sha256, String(repeating: "aa", count: 131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      .sha512, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      """
      164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
      9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
      """
    ),
    (
      .sha384, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
    ),
    (.md5, String(repeating: "0b", count: 16), "4869205468657265", "9294727a3638bb1c13f48ef8158bfc9d"),
    (
      .sha1, String(repeating: "0b", count: 20), "4869205468657265",
      "b617318655057264e28bc0b6fb378c8ef146be00"
    ),
  ])
  func publishedVectors(digest: Digest, key: String, message: String, expected: String) {
    #expect(Hex.encode(HMAC.authenticate(digest, key: bytes(key), message: bytes(message))) == expected)
    let keyed = HMACKey(digest, key: bytes(key))
    for _ in 0..<3 { #expect(Hex.encode(keyed.authenticate(bytes(message))) == expected) }
    #expect(keyed.isValid(bytes(expected), for: bytes(message)))
    #expect(!keyed.isValid(bytes(expected), for: bytes(message) + [0]))
    #expect(!keyed.isValid([], for: bytes(message)))
  }

  /// RFC 2104 written out over our digest: also covers HMAC-SM3 and keys of every length around the block.
  @Test(arguments: [Digest.sm3, .sha256, .sha1])
  func agreesWithTheDefinition(digest: Digest) {
    var generator = SplitMix64(seed: 2)
    for keyLength in [0, 1, 16, 32, 63, 64, 65, 100] {
      let key = generator.bytes(keyLength)
      let message = generator.bytes(Int.random(in: 0...200, using: &generator))
      var block = key.count > 64 ? digest.hash(key) : key
      block += [UInt8](repeating: 0, count: 64 - block.count)
      let inner = digest.hash(block.map { $0 ^ 0x36 } + message)
      let expected = digest.hash(block.map { $0 ^ 0x5C } + inner)
      #expect(HMAC.authenticate(digest, key: key, message: message) == expected)
      #expect(HMACKey(digest, key: key).authenticate(message) == expected)
    }
  }

  @Test func oneKeyServesManyThreads() async {
    let key = HMACKey(.sm3, key: Array("key".utf8))
    let expected = (0..<64).map { key.authenticate([UInt8($0)]) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<2000).allSatisfy { key.authenticate([UInt8($0 % 64)]) == expected[$0 % 64] }
        }
      }
      for await good in group { #expect(good) }
    }
  }
}
