import Documents

/// The words of faults on the control server: `{"fault":"slow-drip","bytesPerSecond":100}`.
extension FaultKind {
  static let words = [
    "stall", "reset", "half-body", "wrong-charset", "mislabelled-charset", "html-page", "expired-token",
    "forgotten-secrets",
    "quota",
    "early-end", "poisoned-record", "duplicated-page", "oversized-body", "endless-body", "billion-laughs",
    "truncated-document", "slow-drip", "unavailable", "reset-after", "stall-after", "bad-gateway",
    "html-page-after",
    "slow", "refusal", "duplicate-answer", "renamed-field",
  ]

  var word: String {
    switch self {
    case .stall: "stall"
    case .reset: "reset"
    case .halfBody: "half-body"
    case .wrongCharset: "wrong-charset"
    case .mislabelledCharset: "mislabelled-charset"
    case .htmlPage: "html-page"
    case .expiredToken: "expired-token"
    case .forgottenSecrets: "forgotten-secrets"
    case .quota: "quota"
    case .earlyEnd: "early-end"
    case .poisonedRecord: "poisoned-record"
    case .duplicatedPage: "duplicated-page"
    case .oversizedBody: "oversized-body"
    case .endlessBody: "endless-body"
    case .billionLaughs: "billion-laughs"
    case .truncatedDocument: "truncated-document"
    case .slowDrip: "slow-drip"
    case .unavailable: "unavailable"
    case .resetAfter: "reset-after"
    case .stallAfter: "stall-after"
    case .badGateway: "bad-gateway"
    case .htmlPageAfter: "html-page-after"
    case .slow: "slow"
    case .refusal: "refusal"
    case .duplicateAnswer: "duplicate-answer"
    case .renamedField: "renamed-field"
    }
  }

  /// Nil for a word that is not known or a parameter of the wrong type.
  init?(word: String, parameters: JSONValue) {
    func integer(_ name: String, _ fallback: Int) -> Int? {
      guard let value = parameters[name] else { return fallback }
      return value.integer.flatMap { $0 >= 0 ? $0 : nil }
    }
    func seconds(_ fallback: Double) -> Double? {
      guard let value = parameters["seconds"] else { return fallback }
      return value.double.flatMap { $0 >= 0 ? $0 : nil }
    }
    switch word {
    case "stall":
      guard let seconds = seconds(3600) else { return nil }
      self = .stall(seconds: seconds)
    case "reset": self = .reset
    case "half-body": self = .halfBody
    case "wrong-charset": self = .wrongCharset
    case "mislabelled-charset": self = .mislabelledCharset
    case "html-page": self = .htmlPage
    case "expired-token": self = .expiredToken
    case "forgotten-secrets": self = .forgottenSecrets
    case "quota": self = .quota
    case "early-end": self = .earlyEnd
    case "poisoned-record":
      guard let poison = Poison(rawValue: parameters["poison"]?.string ?? "brokenCheck") else { return nil }
      self = .poisonedRecord(poison)
    case "duplicated-page": self = .duplicatedPage
    case "oversized-body":
      guard let bytes = integer("bytes", 1 << 30) else { return nil }
      self = .oversizedBody(bytes: bytes)
    case "endless-body": self = .endlessBody
    case "billion-laughs": self = .billionLaughs
    case "truncated-document": self = .truncatedDocument
    case "slow-drip":
      guard let rate = integer("bytesPerSecond", 10), rate > 0 else { return nil }
      self = .slowDrip(bytesPerSecond: rate)
    case "unavailable":
      guard let seconds = integer("retryAfter", 30) else { return nil }
      self = .unavailable(retryAfter: seconds)
    case "reset-after": self = .resetAfter
    case "stall-after":
      guard let seconds = seconds(3600) else { return nil }
      self = .stallAfter(seconds: seconds)
    case "bad-gateway": self = .badGateway
    case "html-page-after": self = .htmlPageAfter
    case "slow":
      guard let seconds = seconds(5) else { return nil }
      self = .slow(seconds: seconds)
    case "refusal": self = .refusal
    case "duplicate-answer": self = .duplicateAnswer
    case "renamed-field":
      guard let from = parameters["from"]?.string, let to = parameters["to"]?.string, !from.isEmpty,
        !to.isEmpty
      else { return nil }
      self = .renamedField(from: from, to: to)
    default: return nil
    }
  }
}

extension FaultRule {
  /// Reads `{"fault": word, …, "platform": name?, "operation": name?, "call": n? | "every": n? | "probability": p?,
  /// "most": n?}`. Nil when anything is unknown or of the wrong type.
  init?(json: JSONValue) {
    guard let word = json["fault"]?.string, let kind = FaultKind(word: word, parameters: json) else {
      return nil
    }
    let known = [
      "fault", "platform", "operation", "call", "every", "probability", "most", "seconds", "poison", "bytes",
      "bytesPerSecond", "retryAfter", "from", "to",
    ]
    for (name, value) in json.members {
      guard known.contains(name) else { return nil }
      switch name {
      case "platform", "operation": guard value.string != nil else { return nil }
      case "call", "every", "most": guard let number = value.integer, number > 0 else { return nil }
      case "probability": guard let number = value.double, (0...1).contains(number) else { return nil }
      default: break
      }
    }
    let trigger: FaultTrigger =
      if let number = json["call"]?.integer {
        .call(number)
      } else if let number = json["every"]?.integer {
        .every(number)
      } else if let number = json["probability"]?.double {
        .probability(number)
      } else {
        .always
      }
    self.init(
      kind, platform: json["platform"]?.string, operation: json["operation"]?.string, trigger: trigger,
      most: json["most"]?.integer)
  }
}
