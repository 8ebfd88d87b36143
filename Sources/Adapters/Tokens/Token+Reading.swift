import CivilTime
import Documents
import Exchanges

extension Token {
  /// The token and its end, out of the answer that brought them.
  func read(_ answer: OpenedAnswer, scope: ValueScope) throws(AdapterError) -> (Value, Timestamp) {
    let text = try envelope.text(at: value, in: answer, called: "token '\(name)'")
    var withAnswer = scope
    withAnswer.set(ReservedName.answer, Value(text: text))
    let made = try decode?.evaluate(withAnswer) ?? Value(text: text)
    guard String(validating: made.bytes, as: UTF8.self) != nil else {
      throw AdapterError(
        .token, .credentials, "the token '\(name)' is not text once decoded",
        remedy: "compare the key and the cipher of 'decode' with what the platform issued")
    }
    return (Value(.text, made.bytes), try end(answer, now: scope.now))
  }

  private func end(_ answer: OpenedAnswer, now: Timestamp) throws(AdapterError) -> Timestamp {
    switch lifetime {
    case .after(let seconds): return now.advanced(bySeconds: seconds)
    case .lasting(let path):
      let text = try envelope.text(at: path, in: answer, called: "life of token '\(name)'")
      guard let seconds = Int(text), seconds > 0 else { throw unreadableEnd }
      return now.advanced(bySeconds: seconds)
    case .at(let path, let form):
      let text = try envelope.text(at: path, in: answer, called: "end of token '\(name)'")
      switch form {
      case .milliseconds:
        guard let number = Int64(text) else { throw unreadableEnd }
        return Timestamp(milliseconds: number)
      case .seconds:
        guard let number = Int64(text) else { throw unreadableEnd }
        return .seconds(number)
      case .civil:
        guard let civil = CivilDateTime(iso: text) else { throw unreadableEnd }
        return civil.timestamp(offsetSeconds: UTCOffset.china)
      }
    }
  }

  private var unreadableEnd: AdapterError {
    AdapterError(
      .token, .platform, "the end of token '\(name)' is not in the declared form",
      remedy: "compare 'expires' with the platform's manual")
  }
}
