/// What a platform's codes mean here.
struct CodeTable: Sendable {
  /// The name below `Mappings/codes`; empty for a list written inside a mapping.
  let name: String
  let entries: [String: String]
}
