import Crypto
import Testing

/// Bytes of hexadecimal text; blanks and line ends may stand anywhere.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }
  do {
    return try Hex.decode(digits)
  } catch {
    Issue.record("bad hexadecimal in a test: \(error)")
    return []
  }
}

func expectError<Value>(
  _ code: CryptoError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws(CryptoError) -> Value
) {
  do {
    _ = try body()
    Issue.record("expected \(code.rawValue)", sourceLocation: sourceLocation)
  } catch {
    #expect(error.code == code, sourceLocation: sourceLocation)
  }
}

struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
