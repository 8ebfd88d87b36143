import Crypto

/// The closed vocabulary of expressions.
struct ExpressionFunction: Sendable {
  enum Parameter: Sendable {
    /// Bytes; text counts as its UTF-8.
    case bytes
    case text
    /// A number written in the manifest.
    case count(ClosedRange<Int>)
    /// One of these words, written in the manifest.
    case word([String])
  }

  /// An evaluated argument: bytes for the first two kinds of parameter.
  enum Argument: Sendable {
    case bytes([UInt8])
    case count(Int)
    case word(String)
  }

  let parameters: [Parameter]
  let result: ValueType
  let apply: @Sendable (Arguments, ValueScope) throws -> [UInt8]

  /// The arguments of one call; the checker has seen to their number and kinds.
  struct Arguments {
    let list: [Argument]

    func bytes(_ index: Int) -> [UInt8] {
      guard case .bytes(let bytes) = list[index] else { preconditionFailure("checked argument") }
      return bytes
    }

    func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    func count(_ index: Int) -> Int {
      guard case .count(let count) = list[index] else { preconditionFailure("checked argument") }
      return count
    }

    func word(_ index: Int) -> String {
      guard case .word(let word) = list[index] else { preconditionFailure("checked argument") }
      return word
    }
  }

  private init(
    _ parameters: [Parameter], _ result: ValueType,
    _ apply: @escaping @Sendable (Arguments, ValueScope) throws -> [UInt8]
  ) {
    self.parameters = parameters
    self.result = result
    self.apply = apply
  }

  static let named: [String: ExpressionFunction] = {
    var table: [String: ExpressionFunction] = [
      "hex": Self([.bytes], .text) { arguments, _ in Array(Hex.encode(arguments.bytes(0)).utf8) },
      "unhex": Self([.text], .bytes) { arguments, _ in try Hex.decode(arguments.text(0)) },
      "base64": Self([.bytes], .text) { arguments, _ in Array(Base64.encode(arguments.bytes(0)).utf8) },
      "unbase64": Self([.text], .bytes) { arguments, _ in
        try Base64.decode(arguments.text(0), skippingLineBreaks: true)
      },
      "text": Self([.bytes], .text) { arguments, _ in
        guard String(validating: arguments.bytes(0), as: UTF8.self) != nil else {
          throw CryptoError(code: .malformedText, message: "the bytes are not UTF-8 text")
        }
        return arguments.bytes(0)
      },
      // ASCII only: signatures and codes have no other letters.
      "upper": Self([.text], .text) { arguments, _ in
        arguments.bytes(0).map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
      },
      "lower": Self([.text], .text) { arguments, _ in
        arguments.bytes(0).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
      },
      "first": Self([.count(1...4096), .bytes], .bytes) { arguments, _ in
        let (count, bytes) = (arguments.count(0), arguments.bytes(1))
        guard bytes.count >= count else {
          throw CryptoError(
            code: .invalidLength, message: "\(count) bytes are wanted and there are \(bytes.count)")
        }
        return Array(bytes[..<count])
      },
      "nonce": Self([.count(4...64)], .text) { arguments, scope in
        // 36 does not divide 256: the first letters are a little likelier, which costs a nonce nothing.
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return try scope.random(arguments.count(0)).map { letters[Int($0) % letters.count] }
      },
      "uuid": Self([], .text) { _, scope in try uuid(scope.random(16)) },
    ]
    for digest in Digest.allCases {
      table[digest.rawValue] = Self([.bytes], .bytes) { arguments, _ in digest.hash(arguments.bytes(0)) }
      table["hmac-" + digest.rawValue] = Self([.bytes, .bytes], .bytes) { arguments, _ in
        HMAC.authenticate(digest, key: arguments.bytes(0), message: arguments.bytes(1))
      }
    }
    table.merge(ciphers) { first, _ in first }
    table.merge(sm2) { first, _ in first }
    return table
  }()

  private static var ciphers: [String: ExpressionFunction] {
    typealias Cipher = @Sendable ([UInt8], [UInt8], CipherMode) throws -> [UInt8]
    let all: [(String, Cipher)] = [
      ("sm4-$-encrypt", { try SM4.encrypt($0, key: $1, mode: $2, padding: .pkcs7) }),
      ("sm4-$-decrypt", { try SM4.decrypt($0, key: $1, mode: $2, padding: .pkcs7) }),
      ("aes-$-encrypt", { try AES.encrypt($0, key: $1, mode: $2, padding: .pkcs7) }),
      ("aes-$-decrypt", { try AES.decrypt($0, key: $1, mode: $2, padding: .pkcs7) }),
    ]
    var table: [String: ExpressionFunction] = [:]
    for (name, cipher) in all {
      table[name.replacing("$", with: "ecb")] = Self([.bytes, .bytes], .bytes) { arguments, _ in
        try cipher(arguments.bytes(1), arguments.bytes(0), .ecb)
      }
      table[name.replacing("$", with: "cbc")] = Self([.bytes, .bytes, .bytes], .bytes) { arguments, _ in
        try cipher(arguments.bytes(2), arguments.bytes(0), .cbc(iv: arguments.bytes(1)))
      }
    }
    return table
  }

  private static var sm2: [String: ExpressionFunction] {
    let orders = SM2.CiphertextOrder.allCases.map(\.rawValue)
    @Sendable func form(_ word: String) -> SM2.CiphertextForm {
      .raw(SM2.CiphertextOrder(rawValue: word) ?? .c1c3c2)
    }
    return [
      // DER, as most platforms read it; r‖s is `sm2-sign-raw`.
      "sm2-sign": Self([.text, .bytes], .bytes) { arguments, _ in
        try SM2.PrivateKey(text: arguments.text(0)).signature(for: arguments.bytes(1)).der
      },
      "sm2-sign-raw": Self([.text, .bytes], .bytes) { arguments, _ in
        try SM2.PrivateKey(text: arguments.text(0)).signature(for: arguments.bytes(1)).raw
      },
      "sm2-encrypt": Self([.text, .bytes, .word(orders)], .bytes) { arguments, _ in
        try SM2.PublicKey(text: arguments.text(0)).encrypt(arguments.bytes(1), form: form(arguments.word(2)))
      },
      "sm2-decrypt": Self([.text, .bytes, .word(orders)], .bytes) { arguments, _ in
        try SM2.PrivateKey(text: arguments.text(0)).decrypt(arguments.bytes(1), form: form(arguments.word(2)))
      },
    ]
  }

  /// Version 4 of RFC 9562 from sixteen random bytes.
  private static func uuid(_ random: [UInt8]) -> [UInt8] {
    var bytes = random
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var digits = Array(Hex.encode(bytes).utf8)
    for place in [20, 16, 12, 8] { digits.insert(UInt8(ascii: "-"), at: place) }
    return digits
  }
}
