import Crypto
import TestSupport
import Testing

@Suite struct SealerTests {
  let key = DataKey(id: 7, purpose: .sealing)
  let sealer: Sealer

  init() throws {
    sealer = try Sealer(keys: [key], currentKeyID: 7)
  }

  @Test func roundTrips() throws {
    var generator = SplitMix64(seed: 8)
    for length in [0, 1, 15, 16, 17, 18, 31, 32, 33, 400, 4096, 100_000] {
      let plain = generator.bytes(length)
      let sealed = sealer.seal(plain, context: "certificates.holder")
      #expect(sealed.count == length + Sealer.overhead)
      #expect(try sealer.open(sealed, context: "certificates.holder") == plain)
      #expect(try sealer.open(sealed, context: Array("certificates.holder".utf8)) == plain)
      #expect(try Sealer.keyID(of: sealed) == 7)
      #expect(
        sealer.seal(plain, context: "certificates.holder") != sealed, "equal values must look different")
    }
  }

  @Test func everyFlippedBitIsNoticed() throws {
    let sealed = sealer.seal(Array("330106199003070000".utf8), context: "a")
    for index in sealed.indices {
      for bit in 0..<8 {
        var altered = sealed
        altered[index] ^= 1 << UInt8(bit)
        #expect(throws: CryptoError.self, "byte \(index) bit \(bit)") {
          try sealer.open(altered, context: "a")
        }
      }
      #expect(throws: CryptoError.self) { try sealer.open(Array(sealed.prefix(index)), context: "a") }
    }
    #expect(throws: CryptoError.self) { try sealer.open(sealed + [0], context: "a") }
  }

  /// The border between context and ciphertext cannot be moved.
  @Test func theContextIsBound() throws {
    let sealed = sealer.seal(Array("x".utf8), context: "holder/1")
    for context in ["holder/2", "holder/", "holder/11", ""] {
      expectError(.authenticationFailed) { () throws(CryptoError) in try sealer.open(sealed, context: context)
      }
    }
    let bare = sealer.seal(Array("x".utf8), context: "")
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try sealer.open(bare, context: [UInt8](bare.prefix(1)))
    }
  }

  @Test func refusesWhatWasNeverSealed() {
    for garbage in [[], [1], [UInt8](repeating: 1, count: 36), [UInt8](repeating: 2, count: 100)] {
      expectError(.malformedCiphertext) { () throws(CryptoError) in try sealer.open(garbage, context: "") }
    }
    expectError(.unknownKey) { () throws(CryptoError) in
      try sealer.open([1, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 40), context: "")
    }
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try sealer.open([1, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 40), context: "")
    }
  }

  @Test func rotates() throws {
    let fresh = DataKey(id: 300, purpose: .sealing)
    let rotated = try Sealer(keys: [key, fresh], currentKeyID: 300)
    let old = sealer.seal([1, 2, 3], context: "c")
    #expect(try rotated.open(old, context: "c") == [1, 2, 3])
    #expect(try rotated.isOutdated(old))
    let new = try rotated.seal(rotated.open(old, context: "c"), context: "c")
    #expect(try !rotated.isOutdated(new))
    #expect(try Sealer.keyID(of: new) == 300)
    expectError(.unknownKey) { () throws(CryptoError) in try sealer.open(new, context: "c") }
    // A key of the same id with another secret does not open it.
    let impostor = try Sealer(keys: [DataKey(id: 7, purpose: .sealing)], currentKeyID: 7)
    expectError(.authenticationFailed) { () throws(CryptoError) in try impostor.open(old, context: "c") }
  }

  @Test func refusesUnfitKeys() {
    expectError(.missingKeys) { () throws(CryptoError) in try Sealer(keys: [], currentKeyID: 1) }
    expectError(.missingKeys) { () throws(CryptoError) in try Sealer(keys: [key], currentKeyID: 8) }
    expectError(.invalidKey) { () throws(CryptoError) in
      try Sealer(keys: [key, DataKey(id: 7, purpose: .sealing)], currentKeyID: 7)
    }
    expectError(.invalidKey) { () throws(CryptoError) in
      try Sealer(keys: [DataKey(id: 7, purpose: .index)], currentKeyID: 7)
    }
    expectError(.invalidKey) { () throws(CryptoError) in try BlindIndex(key: key) }
  }

  @Test func manyThreadsSealAndOpen() async {
    let sealer = sealer
    await withTaskGroup(of: Set<[UInt8]>.self) { group in
      for worker in 0..<8 {
        group.addTask {
          var nonces: Set<[UInt8]> = []
          for index in 0..<500 {
            let plain = Array("\(worker) \(index)".utf8)
            let sealed = sealer.seal(plain, context: "w\(worker)")
            nonces.insert(Array(sealed[5..<21]))
            do {
              let opened = try sealer.open(sealed, context: "w\(worker)")
              #expect(opened == plain)
            } catch {
              Issue.record(error)
            }
          }
          return nonces
        }
      }
      var all: Set<[UInt8]> = []
      for await nonces in group { all.formUnion(nonces) }
      #expect(all.count == 4000, "a nonce came twice")
    }
  }

  /// The construction written out over the public functions, from a known master key, so that a change of the format
  /// cannot go unnoticed: what was sealed by this version must open in every later one.
  @Test func theFormatIsFixed() throws {
    let master = bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    let ring = try KeyRing(text: "m1: \(Hex.encode(master))", source: "test")
    let wrapped = key.wrapped(with: ring)
    #expect(Array(wrapped.prefix(4)) == [1, 2] + Array("m1".utf8))

    let wrapEncryption = HMAC.authenticate(
      .sm3, key: master, message: Array("zhengdian wrap encryption".utf8))
    let wrapTag = HMAC.authenticate(.sm3, key: master, message: Array("zhengdian wrap authentication".utf8))
    let secret = try openByHand(
      wrapped, headerByteCount: 4, encryptionKey: Array(wrapEncryption.prefix(16)), tagKey: wrapTag,
      context: Array("data-key/sealing/7".utf8))
    #expect(secret.count == 48)

    let sealed = sealer.seal(Array("value".utf8), context: "place")
    let value = try openByHand(
      sealed, headerByteCount: 5, encryptionKey: Array(secret[..<16]), tagKey: Array(secret[16...]),
      context: Array("place".utf8))
    #expect(String(decoding: value, as: UTF8.self) == "value")
  }

  private func openByHand(
    _ sealed: [UInt8], headerByteCount: Int, encryptionKey: [UInt8], tagKey: [UInt8], context: [UInt8]
  ) throws -> [UInt8] {
    let body = Array(sealed.dropLast(16))
    let length: [UInt8] = [0, 0, 0, 0, 0, 0, 0, UInt8(context.count)]
    let tag = HMAC.authenticate(.sm3, key: tagKey, message: length + context + body)
    #expect(Array(tag.prefix(16)) == Array(sealed.suffix(16)))
    let nonce = Array(body.dropFirst(headerByteCount).prefix(16))
    return try SM4.decrypt(
      Array(body.dropFirst(headerByteCount + 16)), key: encryptionKey, mode: .ctr(iv: nonce))
  }
}

@Suite struct BlindIndexTests {
  @Test func sameValueSameToken() throws {
    let key = DataKey(id: 1, purpose: .index)
    let index = try BlindIndex(key: key)
    let token = index.token("uscc", "91330106MA27XYZ123")
    #expect(token.count == BlindIndex.tokenByteCount)
    #expect(index.token("uscc", Array("91330106MA27XYZ123".utf8)) == token)
    #expect(try BlindIndex(key: key).token("uscc", "91330106MA27XYZ123") == token)
    #expect(index.token("deed-number", "91330106MA27XYZ123") != token)
    #expect(index.token("uscc", "91330106MA27XYZ124") != token)
    #expect(try BlindIndex(key: DataKey(id: 1, purpose: .index)).token("uscc", "91330106MA27XYZ123") != token)
  }

  /// Moving the border between domain and value gives another token.
  @Test func domainsDoNotRunIntoValues() throws {
    let index = try BlindIndex(key: DataKey(id: 1, purpose: .index))
    #expect(index.token("ab", "c") != index.token("a", "bc"))
    #expect(index.token("", "abc") != index.token("abc", ""))
  }

  @Test func survivesWrapping() throws {
    let ring = KeyRing.ephemeral()
    let key = DataKey(id: 9, purpose: .index)
    let token = try BlindIndex(key: key).token("a", "b")
    let again = try DataKey(unwrapping: key.wrapped(with: ring), id: 9, purpose: .index, with: ring)
    #expect(try BlindIndex(key: again).token("a", "b") == token)
  }
}

@Suite struct EnvelopeTests {
  let old = "2026-01: 8f3a5be40d6fa1120e6c4b9c2f7d31a58b60d4c17e92f3a0b5c6d7e8f9010203"
  let new = "2026-07: 1122334455667788990a0b0c0d0e0f00f1e2d3c4b5a69788796a5b4c3d2e1f00"

  @Test func dataKeysComeBack() throws {
    let ring = try KeyRing(text: old, source: "keys")
    let key = DataKey(id: 3, purpose: .sealing)
    let wrapped = key.wrapped(with: ring)
    #expect(key.wrapped(with: ring) != wrapped)
    let again = try DataKey(unwrapping: wrapped, id: 3, purpose: .sealing, with: ring)
    let sealed = try Sealer(keys: [key], currentKeyID: 3).seal([5], context: "")
    #expect(try Sealer(keys: [again], currentKeyID: 3).open(sealed, context: "") == [5])
    #expect(try KeyRing.masterKeyID(of: wrapped) == "2026-01")
  }

  @Test func wrappedKeysAreBoundToIdAndPurpose() throws {
    let ring = try KeyRing(text: old, source: "keys")
    let wrapped = DataKey(id: 3, purpose: .sealing).wrapped(with: ring)
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try DataKey(unwrapping: wrapped, id: 4, purpose: .sealing, with: ring)
    }
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try DataKey(unwrapping: wrapped, id: 3, purpose: .index, with: ring)
    }
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try SealedBodyKey(unwrapping: wrapped, context: "3", with: ring)
    }
    for index in wrapped.indices {
      var altered = wrapped
      altered[index] ^= 1
      #expect(throws: CryptoError.self) {
        try DataKey(unwrapping: altered, id: 3, purpose: .sealing, with: ring)
      }
      #expect(throws: CryptoError.self) {
        try DataKey(unwrapping: Array(wrapped.prefix(index)), id: 3, purpose: .sealing, with: ring)
      }
    }
  }

  @Test func masterKeysRotate() throws {
    let before = try KeyRing(text: old, source: "keys")
    let both = try KeyRing(text: "\(old)\n\(new)", source: "keys")
    let after = try KeyRing(text: new, source: "keys")
    #expect(both.ids == ["2026-01", "2026-07"])
    #expect(both.currentID == "2026-07")

    let key = DataKey(id: 1, purpose: .sealing)
    let wrapped = key.wrapped(with: before)
    let moved = try DataKey(unwrapping: wrapped, id: 1, purpose: .sealing, with: both).wrapped(with: both)
    #expect(try KeyRing.masterKeyID(of: moved) == "2026-07")
    #expect(throws: Never.self) { try DataKey(unwrapping: moved, id: 1, purpose: .sealing, with: after) }
    expectError(.unknownKey) { () throws(CryptoError) in
      try DataKey(unwrapping: wrapped, id: 1, purpose: .sealing, with: after)
    }

    let body = SealedBody(sealing: [1, 2], context: "exchange/1/response", with: before)
    let rewrapped = SealedBody(
      wrappedKey: try SealedBodyKey.rewrap(body.wrappedKey, context: "exchange/1/response", with: both),
      sealed: body.sealed)
    #expect(try rewrapped.open(context: "exchange/1/response", with: after) == [1, 2])
  }

  @Test func anotherMasterKeyOfTheSameIdDoesNotOpen() throws {
    let wrapped = DataKey(id: 1, purpose: .sealing).wrapped(with: try KeyRing(text: old, source: "keys"))
    let impostor = try KeyRing(text: old.dropLast() + "4", source: "keys")
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try DataKey(unwrapping: wrapped, id: 1, purpose: .sealing, with: impostor)
    }
  }

  @Test func bodiesHaveKeysOfTheirOwn() throws {
    let ring = KeyRing.ephemeral()
    let text = [UInt8](repeating: 0x20, count: 10_000)
    let first = SealedBody(sealing: text, context: "e/1/request", with: ring)
    let second = SealedBody(sealing: text, context: "e/2/request", with: ring)
    #expect(try first.open(context: "e/1/request", with: ring) == text)
    #expect(first.sealed.count == text.count + SealedBodyKey.overhead)
    #expect(first.sealed != second.sealed)
    // Erasing: the second key does not open the first body, whatever context is claimed.
    let key = try SealedBodyKey(unwrapping: second.wrappedKey, context: "e/2/request", with: ring)
    for context in ["e/1/request", "e/2/request"] {
      expectError(.authenticationFailed) { () throws(CryptoError) in
        try key.open(first.sealed, context: context)
      }
    }
    expectError(.authenticationFailed) { () throws(CryptoError) in
      try first.open(context: "e/2/request", with: ring)
    }
    expectError(.malformedCiphertext) { () throws(CryptoError) in try key.open([], context: "") }
    expectError(.malformedCiphertext) { () throws(CryptoError) in
      try key.open([1] + first.sealed.dropFirst(), context: "")
    }
    expectError(.malformedCiphertext) { () throws(CryptoError) in
      try SealedBody(wrappedKey: [], sealed: first.sealed).open(context: "e/1/request", with: ring)
    }
  }

  @Test func nothingShowsSecrets() throws {
    let ring = try KeyRing(text: old, source: "keys")
    let key = DataKey(id: 1, purpose: .index)
    var dumped = ""
    dump(ring, to: &dumped)
    dump(key, to: &dumped)
    dumped += "\(ring) \(key) \(String(reflecting: ring)) \(String(reflecting: key))"
    #expect(!dumped.contains("8f3a5b"))
    #expect(!dumped.contains("143"))
    #expect(dumped.contains("data key 1 for index"))
  }
}
