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
