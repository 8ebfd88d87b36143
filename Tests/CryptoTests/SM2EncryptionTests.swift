import Crypto
import TestSupport
import Testing

@Suite struct SM2EncryptionTests {
  let privateKey: SM2.PrivateKey
  static let forms: [SM2.CiphertextForm] = [
    .der, .raw(.c1c3c2), .raw(.c1c2c3), .unprefixed(.c1c3c2), .unprefixed(.c1c2c3),
  ]

  init() throws {
    privateKey = try SM2.PrivateKey(hex: StandardExample.privateKey)
  }

  @Test func decryptsTheExampleOfTheStandard() throws {
    let expected = Array("encryption standard".utf8)
    let (c1, c2, c3) = (StandardExample.c1, StandardExample.c2, StandardExample.c3)
    #expect(try privateKey.decrypt(bytes(c1 + c3 + c2), form: .unprefixed(.c1c3c2)) == expected)
    #expect(try privateKey.decrypt(bytes("04" + c1 + c3 + c2), form: .raw(.c1c3c2)) == expected)
    // This x happens to begin with 04: with and without prefix must be told apart by trying.
    #expect(try privateKey.decrypt(bytes(c1 + c3 + c2)) == expected)
    #expect(try privateKey.decrypt(bytes(c1 + c2 + c3), form: .raw(.c1c2c3)) == expected)
    #expect(try privateKey.decrypt(bytes("04" + c1 + c2 + c3), form: .unprefixed(.c1c2c3)) == expected)
    expectError(.decryptionFailed) { () throws(CryptoError) in
      try privateKey.decrypt(bytes(c1 + c3 + c2), form: .raw(.c1c2c3))
    }
  }

  @Test(arguments: forms)
  func roundTrips(form: SM2.CiphertextForm) throws {
    var generator = SplitMix64(seed: 6)
    for length in [1, 2, 16, 31, 32, 33, 100, 127, 128, 1000, 40_000] {
      let plain = generator.bytes(length)
      let cipher = try privateKey.publicKey.encrypt(plain, form: form)
      #expect(try privateKey.decrypt(cipher, form: form) == plain)
      switch form {
      case .der: #expect(cipher[0] == 0x30)
      case .raw: #expect(cipher[0] == 4 && cipher.count == length + 97)
      case .unprefixed: #expect(cipher.count == length + 96)
      }
    }
  }

  /// About one in 256 points begins with a zero, which DER drops and raw keeps.
  @Test func keepsLeadingZeros() throws {
    for index in 0..<600 {
      let cipher = try privateKey.publicKey.encrypt([1, 2, 3, 4], form: .der)
      #expect(try privateKey.decrypt(cipher, form: .der) == [1, 2, 3, 4], "round \(index)")
      let raw = try privateKey.publicKey.encrypt([9, 8, 7, 6], form: .unprefixed(.c1c3c2))
      #expect(raw.count == 100)
      #expect(try privateKey.decrypt(raw) == [9, 8, 7, 6], "round \(index)")
    }
  }

  @Test(arguments: forms)
  func damageNeverOpensAndNeverCrashes(form: SM2.CiphertextForm) throws {
    var generator = SplitMix64(seed: 7)
    let cipher = try privateKey.publicKey.encrypt(Array("欧阳".utf8), form: form)
    for length in cipher.indices {
      #expect(throws: CryptoError.self) { try privateKey.decrypt(Array(cipher.prefix(length)), form: form) }
    }
    for index in cipher.indices {
      var damaged = cipher
      damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(throws: CryptoError.self) { try privateKey.decrypt(damaged, form: form) }
    }
    for _ in 0..<300 {
      let garbage = generator.bytes(Int.random(in: 0...300, using: &generator))
      #expect(throws: CryptoError.self) { try privateKey.decrypt(garbage, form: form) }
    }
    #expect(throws: CryptoError.self) { try SM2.PrivateKey().decrypt(cipher, form: form) }
    #expect(throws: CryptoError.self) { try privateKey.decrypt(cipher + [0], form: form) }
  }

  @Test func refusesTheEmptyText() {
    expectError(.invalidLength) { () throws(CryptoError) in try privateKey.publicKey.encrypt([]) }
    expectError(.malformedCiphertext) { () throws(CryptoError) in try privateKey.decrypt([]) }
    expectError(.malformedCiphertext) { () throws(CryptoError) in
      try privateKey.decrypt([UInt8](repeating: 4, count: 96))
    }
    expectError(.malformedCiphertext) { () throws(CryptoError) in
      try privateKey.decrypt([0x30, 0x00], form: .der)
    }
  }
}
