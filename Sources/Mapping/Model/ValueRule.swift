import Certificates
import Documents

/// From where and how one value is made. What is nil or empty is not done; the order is that of the properties.
struct ValueRule: Sendable {
  /// Where `paths` start.
  enum Scope: Hashable, Sendable {
    /// The row, or in a holder's fields the node of the holder.
    case node
    case row
    case message
    case join(Int)
  }

  struct Replacing: Sendable {
    let pattern: RegularExpression
    let replacement: RegularExpression.Replacement
  }

  var condition: Condition?
  /// A value of the mapping itself; then nothing else is set.
  var constant: FieldValue?
  var scope = Scope.node
  var paths: [ValuePath] = []
  var keepsBlanks = false
  var nulls = TextSet.nulls
  var normalization: TextNormalization = []
  var match: RegularExpression?
  var replacements: [Replacing] = []
  var separator: String?
  var codes: CodeRule?
  var dates: [DateForm] = []
  var zoneSeconds = 0
  var unit: UnitConversion?
  var check: CheckRule?
  var otherwise: FieldValue?
  var isRequired = false
  /// A value that cannot be read is left out with a warning, in place of its whole row.
  var leavesOutUnreadable = false

  /// Whether the text is taken as it is found.
  var isPlain: Bool {
    normalization.isEmpty && match == nil && replacements.isEmpty && codes == nil
  }

  /// The paths as written, for messages.
  var sourceText: String { paths.map(\.text).joined(separator: ", ") }
}

/// A rule behind one reference: handing it from row to row counts one reference and not those of all its parts.
final class SharedRule: Sendable {
  let body: ValueRule

  init(_ body: ValueRule) { self.body = body }
}

/// What to do with a value that is not as it should be.
enum Strictness: String, CaseIterable, Sendable {
  case quarantine
  /// Keep the value as it came, and say so.
  case warn
  /// Keep the value as it came.
  case keep
  /// Leave the value out, and say so.
  case discard = "discard-value"
}

struct CodeRule: Sendable {
  let table: CodeTable
  let unknown: Strictness
}

struct CheckRule: Sendable {
  let identifier: IdentifierKind
  let otherwise: Strictness
}
