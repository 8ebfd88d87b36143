/// The three sealed parts of an exchange. Each has a key of its own, so that each can be erased alone.
public enum ExchangePart: Int, CaseIterable, Sendable {
  /// Complete address, headers and body that were sent.
  case request = 0
  /// Headers and body that came back.
  case response = 1
  /// Message and remedy of the problem. They should name nobody, but they may quote what a platform wrote.
  case problem = 2

  /// The word that the sealing is bound to; never changed.
  var word: String {
    switch self {
    case .request: "request"
    case .response: "response"
    case .problem: "problem"
    }
  }

  /// How entries of the chain name it.
  var bit: UInt8 { 1 << UInt8(rawValue) }

  /// The row of the part's ciphertext and key. Both tables grow at their end, which keeps inserting cheap.
  func row(of exchange: Int64) -> Int64 { exchange * 4 + Int64(rawValue) }
}
