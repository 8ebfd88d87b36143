import Access
import Documents
import HTTPService

/// Reads who asks from a request's headers.
struct Caller {
  let consumers: ConsumerDirectory

  /// The consumer behind `Authorization: Bearer KEY`.
  func authenticate(_ request: HTTPServerRequest) throws(APIProblem) -> Consumer {
    let fields = request.headers.values("Authorization")
    guard fields.count == 1, let key = Self.bearer(fields[0]) else {
      throw APIProblem(.unauthenticated, "Send Authorization: Bearer and the consumer's key, once.")
    }
    guard let consumer = consumers.consumer(withKey: key) else {
      throw APIProblem(.unauthenticated, "The key is not that of a consumer of this site.")
    }
    return consumer
  }

  private static func bearer(_ field: String) -> String? {
    let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    let key = parts[1].drop { $0 == " " }
    return key.isEmpty || key.contains(" ") ? nil : String(key)
  }
}

/// What a call on certificates has to say about itself.
struct CallFacts: Sendable {
  /// Empty when it was not given or not usable.
  var purposeName = ""
  var purpose: Purpose?
  var operatorName = ""
  var item: String?
  /// Why the call is refused.
  var problem: APIProblem?

  /// Reads everything that is usable, so that a refusal is recorded with it, and the first problem.
  init(_ request: HTTPServerRequest, _ consumer: Consumer) {
    do throws(APIProblem) {
      if let text = try Self.once("X-Operator", request) {
        guard let name = Words.operatorName(text) else {
          throw APIProblem(
            .headerInvalid, "X-Operator has 1 to 128 bytes; what is not ASCII is percent-encoded UTF-8.")
        }
        operatorName = name
      }
      if let text = try Self.once("X-Item-Code", request, allowingEmpty: true) {
        guard Words.isItemCode(text) else {
          throw APIProblem(.headerInvalid, "X-Item-Code has 1 to 64 letters, digits and '.', '_', '-'.")
        }
        item = text
      }
      guard let text = try Self.once("X-Purpose", request) else {
        throw APIProblem(.headerMissing, "Name the purpose in X-Purpose.")
      }
      guard let found = consumer.purposes[text] else {
        throw APIProblem(
          .purposeNotAllowed, "The purpose in X-Purpose is not one of this consumer's.",
          suggestion: Suggestion.nearest(to: text, in: consumer.purposes.keys.sorted()))
      }
      purpose = found
      purposeName = found.name
      guard !operatorName.isEmpty else {
        throw APIProblem(.headerMissing, "Name who asks in X-Operator.")
      }
    } catch {
      problem = error
    }
  }

  /// Who asks, of a call that needs no purpose; nil when it is not said as it should be.
  static func operatorName(of request: HTTPServerRequest) -> String? {
    guard let text = try? once("X-Operator", request) else { return nil }
    return Words.operatorName(text)
  }

  /// - Parameter allowingEmpty: what is given and empty is given all the same.
  private static func once(
    _ name: String, _ request: HTTPServerRequest, allowingEmpty: Bool = false
  ) throws(APIProblem) -> String? {
    let values = request.headers.values(name)
    guard values.count <= 1 else { throw APIProblem(.headerInvalid, "\(name) is given more than once.") }
    return values.first.flatMap { $0.isEmpty && !allowingEmpty ? nil : $0 }
  }
}
