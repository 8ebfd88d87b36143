public import Certificates
import Documents

/// What somebody looks at papers for (查询目的). A consumer is given some; each call names one, and the audit keeps it.
public struct Purpose: Hashable, Sendable {
  public let name: String
  /// What people see.
  public let title: String
  /// The fields that may be shown whole for it, when the consumer has the scope for that and asks.
  public let reveal: Set<Field>

  public init(name: String, title: String, reveal: Set<Field> = []) {
    self.name = name
    self.title = title
    self.reveal = reveal
  }

  static func read(_ entry: ConfigurationEntry) -> Purpose? {
    guard let reader = entry.value.reader() else { return nil }
    let title = reader.text("title", default: entry.name)
    let fields = reader.list(ifPresent: "reveal") { value -> Field? in
      guard let path = value.choice(among: maskedPaths) else { return nil }
      return maskedFields.first { $0.path == path }
    }
    return Purpose(name: entry.name, title: title, reveal: Set(fields ?? []))
  }

  /// Fields that anybody may see need no revealing.
  private static let maskedFields = FieldSchema.all.filter { $0.mask.identifiesPerson }
  private static let maskedPaths = maskedFields.map(\.path)
}
