import Adapters
import CivilTime
import Crypto
import Documents

extension SignatureAnswerer {
  /// Signs the given values as the family's manifest declares.
  mutating func sign(_ family: String, _ values: JSONValue, _ writer: inout JSONWriter) throws {
    let schemes = try families.all()
    guard let scheme = schemes[family] else {
      let known = [SM2Case.scheme] + schemes.keys.sorted()
      throw UsageError(
        "there is no scheme '\(family)', only \(known.joined(separator: ", "))",
        suggestion: Suggestion.nearest(to: family, in: known))
    }
    let (text, signature) = try scheme.sign(try Self.scope(of: scheme, values))
    writer.member("text", Self.written(text))
    writer.member("signature", Self.written(signature))
  }

  private static func scope(of scheme: SignatureScheme, _ values: JSONValue) throws -> ValueScope {
    var scope = ValueScope([:], now: .now(), random: { SecureRandom.bytes($0) })
    let names = scheme.references.sorted()
    for name in names {
      guard let value = values[name] else {
        let others = values.members.map(\.key).filter { !names.contains($0) }
        let meant = Suggestion.nearest(to: name, in: others).map { "; there is '\($0)'" } ?? ""
        throw CaseError(
          "'values' has no '\(name)'\(meant); the scheme takes \(names.joined(separator: ", "))")
      }
      guard let text = value.scalarText else {
        throw CaseError("'\(name)' in 'values' is a string or a number")
      }
      scope.set(name, Value(text: text))
    }
    return scope
  }

  /// Text as it is; bytes that never became text in hexadecimal.
  private static func written(_ value: Value) -> String {
    value.type == .text ? value.text : Hex.encode(value.bytes)
  }
}
