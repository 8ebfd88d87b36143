import Crypto
import TestSupport
import Testing

/// GB/T 32918.5-2017 appendices A and C: key pair, signature and ciphertext on the recommended curve.
enum StandardExample {
  static let privateKey = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
  static let x = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
  static let y = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
  static let r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
  static let s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
  static let c1 =
    "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
  static let c2 = "21886ca989ca9c7d58087307ca93092d651efa"
  static let c3 = "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
  static let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
  static let message = Array("message digest".utf8)
}

@Suite struct SM2SignatureTests {
  let key: SM2.PublicKey
  let privateKey: SM2.PrivateKey

  init() throws {
    key = try SM2.PublicKey(hex: StandardExample.x + StandardExample.y)
    privateKey = try SM2.PrivateKey(hex: StandardExample.privateKey)
  }

  @Test func verifiesTheExampleOfTheStandard() throws {
    let raw = bytes(StandardExample.r + StandardExample.s)
    let signature = try SM2.Signature(raw: raw)
    #expect(try key.isValid(signature, for: StandardExample.message))
    #expect(try key.isValid(encodedSignature: raw, for: StandardExample.message))
    #expect(try key.isValid(encodedSignature: signature.der, for: StandardExample.message))
    #expect(try SM2.Signature(der: signature.der) == signature)
    #expect(try !key.isValid(signature, for: StandardExample.message + [0]))
    #expect(try !key.isValid(signature, for: []))
    #expect(try !key.isValid(signature, for: StandardExample.message, userID: []))
    #expect(try !key.isValid(signature, for: StandardExample.message, userID: Array("1234567812345679".utf8)))
    #expect(privateKey.publicKey == key)
  }

  @Test(arguments: [0, 1, 16, 63, 1000, 8191])
  func signsUnderAnyUserID(length: Int) throws {
    var generator = SplitMix64(seed: UInt64(length))
    let userID = generator.bytes(length)
    for messageLength in [0, 1, 32, 5000] {
      let message = generator.bytes(messageLength)
      let signature = try privateKey.signature(for: message, userID: userID)
      #expect(try key.isValid(signature, for: message, userID: userID))
      #expect(try !key.isValid(signature, for: message + [1], userID: userID))
      let other = userID.isEmpty ? [1] : Array(userID.dropLast())
      #expect(try !key.isValid(signature, for: message, userID: other))
    }
  }

  @Test func refusesUserIDsThatTheStandardCannotCount() {
    let userID = [UInt8](repeating: 1, count: 8192)
    expectError(.invalidLength) { () throws(CryptoError) in try privateKey.signature(for: [], userID: userID)
    }
    expectError(.invalidLength) { () throws(CryptoError) in
      try key.isValid(encodedSignature: [UInt8](repeating: 1, count: 64), for: [], userID: userID)
    }
  }

  @Test func everyFlippedBitInvalidates() throws {
    let signature = try privateKey.signature(for: StandardExample.message)
    for encoded in [signature.raw, signature.der] {
      for index in encoded.indices {
        var damaged = encoded
        damaged[index] ^= 1 << (UInt8(index) & 7)
        #expect(try !key.isValid(encodedSignature: damaged, for: StandardExample.message), "byte \(index)")
      }
    }
  }

  /// r and s at and beyond the ends of their range, in both forms.
  @Test func refusesNumbersOutOfRange() throws {
    let zero = String(repeating: "00", count: 32)
    let one = String(repeating: "00", count: 31) + "01"
    let full = String(repeating: "ff", count: 32)
    let orderLessOne = StandardExample.order.dropLast() + "2"
    let order = StandardExample.order
    let pairs = [
      (zero, StandardExample.s), (StandardExample.r, zero), (zero, zero), (order, StandardExample.s),
      (StandardExample.r, order), (full, full), (one, String(orderLessOne)), (String(orderLessOne), one),
      (one, one),
    ]
    for (r, s) in pairs {
      let signature = try SM2.Signature(raw: bytes(r + s))
      #expect(try !key.isValid(signature, for: StandardExample.message), "\(r) \(s)")
      #expect(try !key.isValid(encodedSignature: signature.der, for: StandardExample.message))
    }
  }

  /// r + s = n makes t zero, which the standard forbids apart from the ranges (GB/T 32918.2, 7.1 B6).
  @Test func refusesNumbersThatCancelOut() throws {
    let s = bytes(StandardExample.s)
    let signature = try SM2.Signature(raw: subtracted(bytes(StandardExample.order), s) + s)
    #expect(try !key.isValid(signature, for: StandardExample.message))
  }

  /// With r = d + 1 and s = n - d the point s·G + (r + s)·P comes out at infinity.
  @Test func refusesThePointAtInfinity() throws {
    let d = bytes(StandardExample.privateKey)
    let r = Array(d.dropLast()) + [d[31] + 1]
    let signature = try SM2.Signature(raw: r + subtracted(bytes(StandardExample.order), d))
    #expect(try !key.isValid(signature, for: StandardExample.message))
    #expect(try !key.isValid(encodedSignature: signature.der, for: StandardExample.message))
  }

  /// left - right for 32 big-endian bytes.
  private func subtracted(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var borrow = 0
    var difference = [UInt8](repeating: 0, count: 32)
    for index in (0..<32).reversed() {
      let value = Int(left[index]) - Int(right[index]) - borrow
      borrow = value < 0 ? 1 : 0
      difference[index] = UInt8(value & 0xFF)
    }
    return difference
  }

  /// Encodings of the right numbers that only BER, or nobody, would allow.
  @Test func isStrictAboutDER() throws {
    let (r, s) = (StandardExample.r, StandardExample.s)
    let good = "3046022100\(r)022100\(s)"
    let valid = { [key] (hex: String) throws in
      try key.isValid(encodedSignature: bytes(hex), for: StandardExample.message)
    }
    #expect(try valid(good))
    let bad = [
      "308146022100\(r)022100\(s)",  // long form of a short length
      "30820046022100\(r)022100\(s)", "3080022100\(r)022100\(s)0000",  // indefinite
      "3044" + "0220\(r)0220\(s)",  // negative numbers
      "3045" + "0220\(r)022100\(s)", "3047" + "02220000\(r)022100\(s)",  // padded number
      "30470222" + "0000\(r)022100\(s)", "304702812100\(r)022100\(s)", good + "00", good + "0500",
      "3048022100\(r)022100\(s)0500", "3045022100\(r)022100\(s)", "3047022100\(r)022100\(s)",
      "3146022100\(r)022100\(s)", "3046032100\(r)022100\(s)", "3046022100\(r)032100\(s)", "3023022100\(r)",
      "3000",
      "30", "", "00", "3026022100\(r)02" + "0100", "30080200020102000000", "3006020100020100",
      "302402010002" + "1f" + String(s.prefix(62)), "3025022100\(r)0200", "30250200022100\(s)",
      "3047022101\(r)022100\(s)", "3048022201" + "00\(r)022100\(s)", "3046022100\(s)022100\(r)",
      "\(r)\(s)00", "00\(r)\(s)", "\(r)", String((r + s).dropLast(2)), "308400000046022100\(r)022100\(s)",
      "30850000000046022100\(r)022100\(s)", "30ffffffffffffffffff", "3046022100\(r)0221ff\(s)",
      "bf7f46022100\(r)022100\(s)",
    ]
    for hex in bad {
      #expect(try !valid(hex), "\(hex)")
    }
  }

  /// Truncations, insertions and random bytes never crash and never verify.
  @Test func survivesGarbage() throws {
    var generator = SplitMix64(seed: 5)
    let good = try privateKey.signature(for: StandardExample.message).der
    for length in good.indices {
      #expect(try !key.isValid(encodedSignature: Array(good.prefix(length)), for: StandardExample.message))
    }
    for _ in 0..<2000 {
      var garbage = good
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        garbage.insert(
          UInt8.random(in: 0...255, using: &generator),
          at: Int.random(in: 0...garbage.count, using: &generator))
      }
      #expect(try !key.isValid(encodedSignature: garbage, for: StandardExample.message))
    }
  }

  @Test func inspectionNeverFails() {
    let (x, y) = (StandardExample.x, StandardExample.y)
    let userID = Hex.encode(SM2.defaultUserID)
    let message = Hex.encode(StandardExample.message)
    let signature = StandardExample.r + StandardExample.s
    for publicKey in [x + y, "04" + x + y, (x + y).uppercased()] {
      let inspection = SM2.inspect(
        publicKey: publicKey, userID: userID, message: message, signature: signature)
      #expect(inspection.isValid)
      #expect(inspection.reason == nil)
    }
    let bad = [
      ("", userID, message, signature), (x, userID, message, signature), (y + x, userID, message, signature),
      ("06" + x + y, userID, message, signature), (x + y, "3", message, signature),
      (x + y, userID, "zz", signature),
      (x + y, userID, message, ""), (x + y, userID, message, "30"), (x + y, userID, message, "xyz"),
      (x + y, "", message, signature), (x + y, userID, "", signature),
      ("03" + x, userID, message, signature),
      (String(repeating: "00", count: 64), userID, message, signature), ("00", userID, message, signature),
      (x + y, String(repeating: "00", count: 9000), message, signature),
    ]
    for (publicKey, userID, message, signature) in bad {
      let inspection = SM2.inspect(
        publicKey: publicKey, userID: userID, message: message, signature: signature)
      #expect(!inspection.isValid)
      #expect(inspection.reason?.isEmpty == false)
    }
  }

  @Test func manyThreadsSignAndVerify() async throws {
    let (privateKey, key) = (privateKey, key)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for index in 0..<25 {
            let message = Array("\(worker) \(index)".utf8)
            let signature = try privateKey.signature(for: message)
            if try !key.isValid(signature, for: message) { return false }
          }
          return true
        }
      }
      for try await good in group { #expect(good) }
    }
  }
}
