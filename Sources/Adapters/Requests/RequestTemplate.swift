import Documents

/// A request as the manifest writes it, before one call's values fill it.
public struct RequestTemplate: Sendable {
  public struct Entry: Sendable {
    public var name: String
    public var text: TextTemplate
  }

  public enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  public var method: Method
  public var path: TextTemplate
  public var query: [Entry]
  public var headers: [Entry]
  public var body: BodyTemplate?
  /// A message inside the request, which values encode or encrypt by the name `payload`.
  public var payload: BodyTemplate?
  /// Formulas with names, in the order in which they are evaluated.
  public var values: [(name: String, expression: Expression)]
  public var signature: SignatureScheme?

  /// All names the request takes from outside: settings, tokens, page, window.
  public var references: Set<String> {
    var names = path.references
    for entry in query + headers { names.formUnion(entry.text.references) }
    if let body { names.formUnion(body.references) }
    if let signature, names.contains(ReservedName.signature) { names.formUnion(signature.references) }
    func addPayload() {
      if let payload, names.contains(ReservedName.payload) { names.formUnion(payload.references) }
    }
    addPayload()
    for (name, expression) in values.reversed() where names.contains(name) {
      names.formUnion(expression.references)
      addPayload()
    }
    return names
  }
}

/// Names the engine gives; a manifest cannot give them to its own values.
enum ReservedName {
  static let signature = "signature"
  static let body = "body"
  static let payload = "payload"
  static let answer = "answer"
  static let ofRequests: Set<String> = [signature, body, payload]
  static let paging = ["page.number", "page.offset", "page.size", "page.cursor"]
  static let window = ["window.from", "window.to"]
  static let pushKey = "push.key"
  static let pushReceipt = "push.receipt"
  static let pushMessage = "push.message"
  /// The message is bytes, since a template may write it in another charset.
  static let push: [String: ValueType] = [
    pushKey: .text, "push.item": .text, pushReceipt: .text, pushMessage: .bytes,
  ]
  static let probe: [String: ValueType] = [pushKey: .text, "push.item": .text, pushReceipt: .text]

  /// What a platform's call to the gateway has; headers in small letters, as they compare without case.
  static func header(_ name: String) -> String { headerPrefix + name.lowercased() }
  static func query(_ name: String) -> String { queryPrefix + name }
  static func field(_ name: String) -> String { "field." + name }
  static func call(_ name: String) -> String { "call." + name }
  static let headerPrefix = "header."
  static let queryPrefix = "query."
  /// The header that a name stands for; nil for another name.
  static func headerName(_ name: String) -> String? {
    name.hasPrefix(headerPrefix) ? String(name.dropFirst(headerPrefix.count)) : nil
  }
  /// What answers to such calls may say besides what came.
  static let inboundAnswer = ["answer.id", "answer.code", "answer.message", "answer.time"]
  static let answerRecords = "answer.records"

  static func setting(_ name: String) -> String { "setting." + name }
  static func token(_ name: String) -> String { "token." + name }
}
