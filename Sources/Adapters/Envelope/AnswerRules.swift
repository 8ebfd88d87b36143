import Documents
import Exchanges

/// How a platform's success is told from its refusals.
public struct AnswerRules: Sendable {
  /// All must hold for a success; none where the HTTP status alone tells.
  public var success: [Envelope.Rule] = []
  /// Holds: no rows, and that is a success.
  public var empty: Envelope.Rule?
  public var code: AnswerPath?
  public var message: AnswerPath?
  public var refusals: [Envelope.Refusal] = []

  public init() {}
}

extension AnswerRules {
  /// Whether the answer says that there is nothing. Throws the refusal when it is no success.
  func isEmpty(_ answer: Answer) throws(AdapterError) -> Bool {
    if let empty, try holds(empty, in: answer) { return true }
    for rule in success {
      guard try holds(rule, in: answer) else {
        if let declared = refusal(status: nil, answer) { throw declared }
        var refused = AdapterError(
          .refused, .platform, "the platform refused\(shownCode(of: answer))",
          remedy: "look the code up in the platform's manual; name its class under envelope.errors")
        // Something else in JSON than the platform's own wrapping refuses nothing in its name.
        refused.effect = says(rule, in: answer) ? .nothing : .unknown
        throw refused
      }
    }
    return false
  }

  /// The declared meaning of an answer that is no success; `status` only where it is not one of success.
  func refusal(status: Int?, _ answer: Answer?) -> AdapterError? {
    for refusal in refusals {
      let isMeant =
        switch refusal.sign {
        case .status(let statuses): status.map(statuses.contains) ?? false
        case .rule(let rule): answer.map { (try? holds(rule, in: $0)) == true } ?? false
        }
      guard isMeant else { continue }
      var refused = AdapterError(
        .refused, refusal.errorClass, "the platform refused\(answer.map(shownCode) ?? "")",
        remedy: refusal.action == .refresh
          ? "the token is fetched anew and the call repeated once"
          : "look the code up in the platform's manual",
        action: refusal.action)
      refused.effect = refusal.effect ?? usualEffect(of: refusal.sign, status)
      return refused
    }
    return nil
  }

  /// Codes are short words; anything else may be a text about a person and is not repeated.
  private func shownCode(of answer: Answer) -> String {
    guard let code, let text = try? answer.text(at: code), (1...32).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !Self.couldIdentifyAPerson(text)
    else { return "" }
    return " with code \(text)"
  }

  private static func couldIdentifyAPerson(_ text: String) -> Bool {
    text.utf8.filter { (0x30...0x39).contains($0) }.count > 10
  }

  /// The platform's own word for a refusal is believed; of statuses those that say that the request is at fault.
  private func usualEffect(of sign: Envelope.Refusal.Sign, _ status: Int?) -> Envelope.Refusal.Effect {
    switch sign {
    case .rule: .nothing
    case .status: status.map(Self.refusesRequest) == true ? .nothing : .unknown
    }
  }

  /// 4xx: the request was not carried out.
  static func refusesRequest(_ status: Int) -> Bool { (400..<500).contains(status) }

  /// Whether anything stands where the platform says that it refuses.
  private func says(_ rule: Envelope.Rule, in answer: Answer) -> Bool {
    [rule.path, code].compactMap(\.self).contains { (try? answer.text(at: $0)) != nil }
  }

  func holds(_ rule: Envelope.Rule, in answer: Answer) throws(AdapterError) -> Bool {
    try Answer.reading { () throws(DocumentError) in
      if rule.texts.isEmpty { return try answer.exists(at: rule.path) == rule.present }
      guard let found = try answer.text(at: rule.path) else { return false }
      return rule.texts.contains(found)
    }
  }
}
