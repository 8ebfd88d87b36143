/// All fields of all kinds. One table says everything: names, types, units, titles, standard names and what is hidden.
///
/// The order of the table is the order of fields in records and in their JSON, so a new field may stand anywhere, but
/// a field that is stored must not be renamed.
public enum FieldSchema {
  static let definitions: [FieldDefinition] = basic + holder + specific + management

  /// Every field, in order.
  public static let all: [Field] = definitions.indices.map(Field.init(index:))

  /// The field at `path` (`basic.number`, `holder.name`, `specific.unitNumber`, `management.sourceUpdatedAt`) for
  /// records of `kind`, or `nil` when that kind has none.
  public static func field(path: String, kind: CertificateKind) -> Field? {
    guard let field = byPath[path], field.belongs(to: kind) else { return nil }
    return field
  }

  /// The field `name` of a group, without its path.
  public static func field(_ group: Field.Group, _ name: String, kind: CertificateKind) -> Field? {
    field(path: "\(group.rawValue).\(name)", kind: kind)
  }

  /// The fields of a group that records of `kind` may have, in order.
  public static func fields(_ group: Field.Group, kind: CertificateKind) -> [Field] {
    all.filter { $0.group == group && $0.belongs(to: kind) }
  }

  /// All paths for a kind, for suggestions to people who mistyped one.
  public static func paths(kind: CertificateKind) -> [String] {
    all.filter { $0.belongs(to: kind) }.map(\.path)
  }

  private static let byPath: [String: Field] = {
    var table: [String: Field] = [:]
    for field in all {
      precondition(
        table.updateValue(field, forKey: field.path) == nil, "\(field.path) stands twice in the schema")
    }
    return table
  }()

  /// A field that the code itself names; it is our own mistake when the table has no such line.
  static func named(_ path: String) -> Field {
    guard let field = byPath[path] else { preconditionFailure("the schema has no \(path)") }
    return field
  }
}
