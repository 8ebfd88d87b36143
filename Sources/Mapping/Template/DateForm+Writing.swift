import CivilTime

extension DateForm {
  /// The day in this form; of forms with a time, its first second in Beijing.
  func text(_ date: CivilDate) -> String {
    let start = CivilDateTime(startOf: date)
    switch self {
    case .dashed: return date.description
    case .digits: return date.compact
    case .slashed: return date.description.replacing("-", with: "/")
    case .dotted: return date.description.replacing("-", with: ".")
    case .chinese: return "\(date.year)年\(date.month)月\(date.day)日"
    case .dashedTime: return date.description + " 00:00:00"
    case .digitsTime: return date.compact + "000000"
    case .iso: return date.description + "T00:00:00+08:00"
    case .epochSeconds: return String(start.timestamp(offsetSeconds: UTCOffset.china).milliseconds / 1000)
    case .epochMilliseconds: return String(start.timestamp(offsetSeconds: UTCOffset.china).milliseconds)
    }
  }
}
