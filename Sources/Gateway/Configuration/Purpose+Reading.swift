import Access
import Certificates
import Documents

extension Purpose {
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
