import Crypto
import TestSupport
import Testing

@Suite struct CipherTests {
  let sm4Key = "0123456789abcdeffedcba9876543210"

  /// GB/T 32907-2016 appendix A.1.
  @Test func sm4Block() throws {
    let cipher = try SM4.encrypt(bytes(sm4Key), key: bytes(sm4Key), mode: .ecb, padding: .none)
    #expect(Hex.encode(cipher) == "681edf34d206965e86b3e94f536e4246")
    #expect(try SM4.decrypt(cipher, key: bytes(sm4Key), mode: .ecb, padding: .none) == bytes(sm4Key))
  }

  /// GB/T 32907-2016 appendix A.2: a million encryptions of the same block.
  @Test func sm4Million() throws {
    var block = bytes(sm4Key)
    // CBC over zeros with the block as vector encrypts it again and again, in few calls.
    let zeros = [UInt8](repeating: 0, count: 16 * 100_000)
    for _ in 0..<10 {
      block = try Array(
        SM4.encrypt(zeros, key: bytes(sm4Key), mode: .cbc(iv: block), padding: .none).suffix(16))
    }
    #expect(Hex.encode(block) == "595298c7c6fd271f0402f804c33d3f66")
  }

  /// draft-ribose-cfrg-sm4-10, appendix A.2: ECB, CBC and CTR.
  @Test func sm4Modes() throws {
    let plain = bytes("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb")
    let key = bytes(sm4Key)
    let iv = bytes("000102030405060708090a0b0c0d0e0f")
    let ecb = bytes("5ec8143de509cff7b5179f8f474b86192f1d305a7fb17df985f81c8482192304")
    let cbc = bytes("78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d")
    #expect(try SM4.encrypt(plain, key: key, mode: .ecb, padding: .none) == ecb)
    #expect(try SM4.decrypt(ecb, key: key, mode: .ecb, padding: .none) == plain)
    #expect(try SM4.encrypt(plain, key: key, mode: .cbc(iv: iv), padding: .none) == cbc)
    #expect(try SM4.decrypt(cbc, key: key, mode: .cbc(iv: iv), padding: .none) == plain)

    let long = bytes(
      """
      aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd
      eeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb
      """)
    let ctr = bytes(
      """
      ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7
      f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514
      """)
    #expect(try SM4.encrypt(long, key: key, mode: .ctr(iv: iv)) == ctr)
    #expect(try SM4.decrypt(ctr, key: key, mode: .ctr(iv: iv)) == long)
    #expect(try SM4.encrypt(Array(long.prefix(5)), key: key, mode: .ctr(iv: iv)) == Array(ctr.prefix(5)))
  }

  /// FIPS 197 appendix C and NIST SP 800-38A appendix F.
  @Test func aes() throws {
    let plain = bytes("00112233445566778899aabbccddeeff")
    let blocks = [
      ("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"),
      ("000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"),
      (
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "8ea2b7ca516745bfeafc49904b496089"
      ),
    ]
    for (key, cipher) in blocks {
      #expect(try AES.encrypt(plain, key: bytes(key), mode: .ecb, padding: .none) == bytes(cipher))
      #expect(try AES.decrypt(bytes(cipher), key: bytes(key), mode: .ecb, padding: .none) == plain)
    }
    let text = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    let iv = bytes("000102030405060708090a0b0c0d0e0f")
    let key = bytes("2b7e151628aed2a6abf7158809cf4f3c")
    #expect(
      try AES.encrypt(text, key: key, mode: .cbc(iv: iv), padding: .none)
        == bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"))
    let key256 = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    #expect(
      try AES.encrypt(text, key: key256, mode: .cbc(iv: iv), padding: .none)
        == bytes("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"))
    #expect(
      try AES.encrypt(
        bytes("6bc1bee22e409f96e93d7e117393172a"), key: key,
        mode: .ctr(iv: bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")))
        == bytes("874d6191b620e3261bef6864990db6ce"))
  }

  @Test func paddingRoundTrips() throws {
    var generator = SplitMix64(seed: 4)
    for length in 0...50 {
      let plain = generator.bytes(length)
      let iv = generator.bytes(16)
      for mode in [CipherMode.ecb, .cbc(iv: iv), .ctr(iv: iv)] {
        let key = generator.bytes(16)
        let sm4 = try SM4.encrypt(plain, key: key, mode: mode)
        let aes = try AES.encrypt(plain, key: key + key, mode: mode)
        #expect(try SM4.decrypt(sm4, key: key, mode: mode) == plain)
        #expect(try AES.decrypt(aes, key: key + key, mode: mode) == plain)
        let isStream = mode == .ctr(iv: iv)
        #expect(sm4.count == (isStream ? length : (length / 16 + 1) * 16))
        #expect(aes.count == sm4.count)
      }
    }
  }

  /// The national exchange's secret: AES-128-ECB, key = first 16 bytes of SHA1(SHA1(appKey)).
  @Test func partsGiveTheKeyOfTheNationalExchange() throws {
    let key = Array(Digest.sha1.hash(Digest.sha1.hash("app-key-1")).prefix(16))
    // Computed with: printf app-key-1 | openssl sha1 -binary | openssl sha1 -binary | head -c16, openssl enc.
    #expect(Hex.encode(key) == "a7f0d6e340d801ed0ee88ecec0c3d8f2")
    let secret = try AES.decrypt(
      Base64.decode("oKLNXwOivZOgI/NgJWv4WQJHAqt3uqAYyGhKpkbNHIw="), key: key, mode: .ecb)
    #expect(String(decoding: secret, as: UTF8.self) == "s3cret-of-the-day")
  }

  @Test func refusesWrongLengths() {
    let block = [UInt8](repeating: 0, count: 16)
    for count in [0, 1, 15, 17, 24, 32] {
      expectError(.invalidLength) { () throws(CryptoError) in
        try SM4.encrypt(block, key: [UInt8](repeating: 0, count: count), mode: .ecb)
      }
    }
    for count in [0, 8, 15, 17, 31, 33, 64] {
      expectError(.invalidLength) { () throws(CryptoError) in
        try AES.encrypt(block, key: [UInt8](repeating: 0, count: count), mode: .ecb)
      }
    }
    for count in [0, 12, 15, 17, 32] {
      let iv = [UInt8](repeating: 0, count: count)
      for mode in [CipherMode.cbc(iv: iv), .ctr(iv: iv)] {
        expectError(.invalidLength) { () throws(CryptoError) in try SM4.encrypt(block, key: block, mode: mode)
        }
        expectError(.invalidLength) { () throws(CryptoError) in try AES.decrypt(block, key: block, mode: mode)
        }
      }
    }
    expectError(.invalidLength) { () throws(CryptoError) in
      try SM4.encrypt([1, 2, 3], key: block, mode: .ecb, padding: .none)
    }
    expectError(.invalidLength) { () throws(CryptoError) in
      try AES.decrypt([1, 2, 3], key: block, mode: .ecb)
    }
  }

  @Test func refusesDamagedPadding() throws {
    let key = [UInt8](repeating: 7, count: 16)
    expectError(.decryptionFailed) { () throws(CryptoError) in try SM4.decrypt([], key: key, mode: .ecb) }
    for last in [UInt8(0), 17, 255] {
      let damaged = try AES.encrypt(
        [UInt8](repeating: 0, count: 15) + [last], key: key, mode: .ecb, padding: .none)
      expectError(.decryptionFailed) { () throws(CryptoError) in
        try AES.decrypt(damaged, key: key, mode: .ecb)
      }
    }
  }
}
