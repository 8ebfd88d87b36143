import Crypto
import Testing

@Suite struct SM2KeyTests {
  let pointHex = StandardExample.x + StandardExample.y

  @Test func readsPublicKeysInEveryForm() throws {
    let key = try SM2.PublicKey(hex: pointHex)
    #expect(key.hex == pointHex)
    #expect(try SM2.PublicKey(hex: "04" + pointHex) == key)
    // y is odd.
    #expect(try SM2.PublicKey(hex: "03" + StandardExample.x) == key)
    #expect(try SM2.PublicKey(hex: "02" + StandardExample.x) != key)
    #expect(try SM2.PublicKey(pem: key.pem) == key)
    let base64 = key.pem.split(separator: "\n").dropFirst().dropLast().joined()
    #expect(try SM2.PublicKey(der: Base64.decode(base64)) == key)
    for text in [
      key.pem, base64, "  \(pointHex)\n", "04" + pointHex.uppercased(), Base64.encode(key.bytes),
      Base64.encode([4] + key.bytes),
    ] {
      #expect(try SM2.PublicKey(text: text) == key)
    }
  }

  @Test func readsPrivateKeysInEveryForm() throws {
    let key = try SM2.PrivateKey(hex: StandardExample.privateKey)
    let pem = key.pem
    #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----"))
    let base64 = pem.split(separator: "\n").dropFirst().dropLast().joined()
    for text in [
      pem, base64, StandardExample.privateKey, "00" + StandardExample.privateKey, Base64.encode(key.bytes),
    ] {
      let read = try SM2.PrivateKey(text: text)
      #expect(read.bytes == key.bytes)
      #expect(read.publicKey == key.publicKey)
    }
    #expect(try SM2.PrivateKey(der: Base64.decode(base64)).bytes == key.bytes)
  }

  /// Written by `openssl ecparam -name SM2 -genkey` and `openssl pkcs8 -topk8`.
  @Test func readsWhatTheCommandLineWrites() throws {
    let sec1 = """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQge4vL2ndzAcm47jPU
      2qpf8evSYSStRSyOvqx9kujsPz+hRANCAARyTBOOiDxIXBxF8q+K130J1roRNfan
      ZyEkXfu3KjdYlxoj18bayP0Vwd/OwsGuu21ATzxLw0XuIanMmx7kDpsc
      -----END PRIVATE KEY-----
      """
    let key = try SM2.PrivateKey(pem: sec1)
    let encrypted = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAglx+wnYph/hwICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGQBdP1nIUr0EEMR5Cov3QgEgZBJ
      t0oFeBDWlGbC5w+Eud6wIheYZohmnseAZiTC0FPFcQDDgjoNlN4iCC/Nxq9dzJwU
      IUSlegtdray+twzncJPtipgU1YA3FM+p3te6XPQSGt5miyEQhVP49z1gFL1TID/B
      MYSjtcqQxbhkkOK1NIaltvumtvpglAcR3Sp572/vT6IR6lohWVveZOC5f0jJMq0=
      -----END ENCRYPTED PRIVATE KEY-----
      """
    #expect(try SM2.PrivateKey(pem: encrypted, password: "correct horse").bytes == key.bytes)
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PrivateKey(pem: encrypted, password: "wrong")
    }
    // Without a password nothing may wait at the terminal.
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PrivateKey(pem: encrypted) }
    let signature = bytes(
      "3046022100f4b474af589318dc1e1b553e2cc32c2e373d43111d26adedd22c0c0e1d4105fe022100aeb7c21f7c1e5ed6d9b5a32ca042d29f7f413bad26a8a4f896b4a69bf8738e43"
    )
    #expect(try key.publicKey.isValid(encodedSignature: signature, for: Array("from the command line".utf8)))
  }

  /// Keys of other kinds and broken ones.
  @Test func refusesOtherKeys() throws {
    let p256 = """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIISZOTAOHgMkux7PxjdfJP5AuqEwBlt+Y+7IbRy7GYCFoAoGCCqGSM49
      AwEHoUQDQgAEODp5+DHUgzIsjFpFVr8bboMz28NVHSogoeWy/hVByXM47EzhtjJ0
      HQ1Pl8G/8fFK0Tm3RJA17HXv+U3qO+K4zA==
      -----END EC PRIVATE KEY-----
      """
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PrivateKey(pem: p256) }
    for text in [
      "", "hello", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\nAAAA",
      "MFkwEw==", "00",
    ] {
      #expect(throws: CryptoError.self) { try SM2.PublicKey(text: text) }
      #expect(throws: CryptoError.self) { try SM2.PrivateKey(text: text) }
    }
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PublicKey(der: []) }
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PrivateKey(der: []) }
    let der = try Base64.decode(
      SM2.PublicKey(hex: pointHex).pem.split(separator: "\n").dropFirst().dropLast().joined())
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PublicKey(der: der + [0]) }
    for length in der.indices {
      expectError(.invalidKey) { () throws(CryptoError) in try SM2.PublicKey(der: Array(der.prefix(length))) }
    }
  }

  @Test(arguments: [
    "", "04", "00", StandardExample.x, StandardExample.y + StandardExample.x,
    String(repeating: "00", count: 64), String(repeating: "ff", count: 64),
    "06" + StandardExample.x + StandardExample.y, "07" + StandardExample.x + StandardExample.y,
    "05" + StandardExample.x, StandardExample.x + StandardExample.y + "00",
    // x + p would be the same point if numbers were reduced.
    "04" + String(repeating: "ff", count: 32) + StandardExample.y,
    StandardExample.x + String(StandardExample.y.dropLast()) + "4",
  ])
  func refusesWhatIsNoPoint(hex: String) {
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PublicKey(hex: hex) }
  }

  @Test(arguments: [
    String(repeating: "00", count: 32), StandardExample.order, String(repeating: "ff", count: 32),
    // n - 1 has no inverse of 1 + d.
    String(StandardExample.order.dropLast()) + "2", "", "01", StandardExample.privateKey + "00",
  ])
  func refusesNumbersOutOfRange(hex: String) {
    expectError(.invalidKey) { () throws(CryptoError) in try SM2.PrivateKey(hex: hex) }
  }

  @Test func takesNumbersAtTheEdge() throws {
    let one = try SM2.PrivateKey(hex: String(repeating: "00", count: 31) + "01")
    #expect(
      one.publicKey.hex
        == "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
    )
    for key in [one, try SM2.PrivateKey(hex: String(StandardExample.order.dropLast()) + "1")] {
      let signature = try key.signature(for: [1])
      #expect(try key.publicKey.isValid(signature, for: [1]))
    }
  }

  @Test func freshKeysDifferAndShowNothing() {
    let keys = (0..<20).map { _ in SM2.PrivateKey() }
    #expect(Set(keys.map(\.publicKey)).count == 20)
    var dumped = ""
    dump(keys[0], to: &dumped)
    for text in ["\(keys[0])", String(reflecting: keys[0]), dumped] {
      #expect(!text.contains(Hex.encode(keys[0].bytes)))
      #expect(!text.contains("\(keys[0].bytes[0]), \(keys[0].bytes[1])"))
    }
  }
}
