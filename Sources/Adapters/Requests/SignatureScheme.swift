/// How a family signs: a text made of named values, and the signature over that text. The names are the convention's own, so a published example can be
/// checked without a platform.
public struct SignatureScheme: Sendable {
  /// Names the text and the signature may use.
  public static let textName = "text"

  /// What is signed.
  public let text: Expression
  /// The signature; may use `text`.
  public let value: Expression

  public init(text: Expression, value: Expression) {
    self.text = text
    self.value = value
  }

  /// The names a request must give values for.
  public var references: Set<String> {
    text.references.union(value.references).subtracting([Self.textName])
  }

  public func sign(_ scope: ValueScope) throws(AdapterError) -> (text: Value, signature: Value) {
    let signed = try text.evaluate(scope)
    var withText = scope
    withText.set(Self.textName, signed)
    return (signed, try value.evaluate(withText))
  }
}
