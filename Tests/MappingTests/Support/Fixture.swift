import Certificates
import Documents
import Mapping

/// Compiles mappings written in the tests, and applies them.
enum Fixture {
  /// A mapping that has the given lines below one entity `it` of the kind.
  static func entity(
    _ kind: String, rows: String = "$.rows[*]", message: String = "json", _ lines: String
  ) -> String {
    """
    mapping: test/it
    version: 1
    message: \(message)
    entities:
      it:
        kind: \(kind)
        rows: \(rows)
    \(indented(lines, by: 4))
    """
  }

  /// A mapping of contractor licences, a kind with few demands, with the given fields beside the number.
  static func fields(_ lines: String, message: String = "json", kind: String = "contractor-licence") -> String
  {
    entity(
      kind, rows: message == "json" ? "$.rows[*]" : "/m/r", message: message,
      "fields:\n  basic.number: \(message == "json" ? "$.no" : "\"@no\"")\n" + indented(lines, by: 2))
  }

  static func indented(_ text: String, by count: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
  }

  static func library(_ yaml: String, codes: [String: String] = [:]) -> (MappingLibrary, Diagnostics) {
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: [MappingSource(name: "test/it", file: "it.yaml", bytes: Array(yaml.utf8))],
      codeLists: codes.sorted { $0.key < $1.key }.map {
        MappingSource(name: $0.key, file: "codes/\($0.key).yaml", bytes: Array($0.value.utf8))
      }, diagnostics: diagnostics)
    return (library, diagnostics)
  }

  static func compile(_ yaml: String, codes: [String: String] = [:]) throws -> CompiledMapping {
    let (library, diagnostics) = library(yaml, codes: codes)
    try diagnostics.throwIfErrors()
    guard let mapping = library["test/it"] else { throw MissingMapping() }
    return mapping
  }

  /// What is wrong with a mapping, one line each without the severity's colour.
  static func problems(_ yaml: String, codes: [String: String] = [:]) -> [String] {
    library(yaml, codes: codes).1.all.map(\.description)
  }

  static func apply(_ yaml: String, json: String, codes: [String: String] = [:]) throws -> MappingResult {
    try compile(yaml, codes: codes).apply(to: .json(JSONDocument(parsing: json)))
  }

  static func apply(_ yaml: String, xml: String, codes: [String: String] = [:]) throws -> MappingResult {
    try compile(yaml, codes: codes).apply(to: .xml(XMLDocument(parsing: xml)))
  }

  struct MissingMapping: Error {}
}

extension MappingResult {
  /// The value of a field outside the holders in the only record; a fault's code in brackets when it is quarantined.
  func only(_ path: String) -> String? {
    guard rows == 1 else { return "\(rows) rows" }
    if let row = quarantined.first { return row.reasons.map { "[\($0.code) \($0.field)]" }.joined() }
    guard let record = records.first?.record,
      let field = FieldSchema.field(path: path, kind: record.kind)
    else { return nil }
    return record[field]?.displayText
  }

  var warningCodes: [String] { records.flatMap(\.warnings).map(\.code) }
}

extension Fixture {
  /// A field by its path, of whichever kind has it.
  static func field(_ path: String) -> Field? {
    for kind in CertificateKind.allCases {
      if let field = FieldSchema.field(path: path, kind: kind) { return field }
    }
    return nil
  }
}
