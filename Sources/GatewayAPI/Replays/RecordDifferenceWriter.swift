import Certificates
public import Documents
import Exchanges
import Mapping
public import Sync

/// Writes where records differ as the outside sees it: places and paths, no values.
public enum RecordDifferenceWriter {
  public static func writeMembers(
    _ difference: RecordDifference, of key: OperationKey, to writer: inout JSONWriter
  ) {
    writer.member("exchange", difference.exchange.rawValue)
    writer.member("operation", key.description)
    writer.member("locator", difference.locator.path)
    writer.member("entity", difference.entity)
    writer.member("kind", difference.kind.rawValue)
    writer.member("fields", difference.fields)
    writer.member("reasons", difference.reasons.map(\.description))
  }

  /// How often each path differs, the most frequent first.
  public static func sorted(_ fields: [String: Int]) -> [(key: String, value: Int)] {
    fields.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}
