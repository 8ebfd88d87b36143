public import CivilTime

/// The value of one field.
public enum FieldValue: Hashable, Sendable {
  case text(String)
  case texts([String])
  case date(CivilDate)
  case timestamp(Timestamp)
  /// The canonical written form, see ``DecimalText``; the unit is the field's.
  case decimal(String)
  case flag(Bool)

  /// The value as one text, as tables and logs of the command line show it.
  public var displayText: String {
    switch self {
    case .text(let text), .decimal(let text): text
    case .texts(let texts): texts.joined(separator: "；")
    case .date(let date): date.description
    case .timestamp(let timestamp): timestamp.iso8601
    case .flag(let flag): flag ? "是" : "否"
    }
  }
}
