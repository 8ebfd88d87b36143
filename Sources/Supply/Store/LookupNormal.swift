import Certificates

/// Names and codes as they are compared.
enum LookupNormal {
  static func code(_ text: String) -> String { LookupDomain.holderCode.normal(text) }
  static func name(_ text: String) -> String { LookupDomain.holderName.normal(text) }
}
