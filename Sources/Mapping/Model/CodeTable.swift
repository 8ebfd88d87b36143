/// What a platform's codes mean here.
struct CodeTable: Sendable {
  /// The name below `Mappings/codes`; empty for a list written inside a mapping.
  let name: String
  let entries: [String: String]
  /// The same in bytes, for lists so short that looking at each is quicker than hashing; empty otherwise.
  private let short: [(code: [UInt8], value: String)]

  init(name: String, entries: [String: String]) {
    self.name = name
    self.entries = entries
    short = entries.count <= 12 ? entries.map { (Array($0.key.utf8), $0.value) } : []
  }

  /// The meaning of a code, or nil when it is not in the list.
  subscript(code: String) -> String? {
    if short.isEmpty { return entries[code] }
    let bytes = code.utf8.span
    candidates: for entry in short where entry.code.count == bytes.count {
      for index in entry.code.indices where entry.code[index] != bytes[index] { continue candidates }
      return entry.value
    }
    return nil
  }
}
