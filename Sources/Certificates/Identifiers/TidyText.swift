/// A text freed of what people, spreadsheets and old systems add to identifiers: blanks, full-width characters,
/// lower case, dashes and brackets of other shapes. What was repaired is remembered.
struct TidyText {
  struct Repairs: OptionSet {
    let rawValue: UInt8
    static let blanks = Repairs(rawValue: 1)
    static let fullWidth = Repairs(rawValue: 2)
    static let lowerCase = Repairs(rawValue: 4)
    static let separators = Repairs(rawValue: 8)
  }

  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var repairs: Repairs = []

  init(_ text: String) {
    scalars.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars { append(scalar) }
  }

  var string: String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  /// `*` stands for hidden characters wherever certificates are shown.
  var isMasked: Bool { scalars.contains("*") }

  /// Whether tidying would surely change nothing: ASCII without blanks, small letters and square brackets, and Chinese
  /// characters (U+4000 to U+9FFF, the lead bytes E4 to E9). Other text is simply tidied.
  static func isTidy(_ text: String) -> Bool {
    for byte in text.utf8 {
      switch byte {
      case 0x21...0x5A, 0x5C, 0x5E...0x60, 0x7B...0x7E, 0x80...0xBF, 0xE4...0xE9: continue
      default: return false
      }
    }
    return true
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x61...0x7A:
      repairs.insert(.lowerCase)
      push(scalar.value - 0x20)
    case 0x5B:
      repairs.insert(.separators)
      push(0x28)
    case 0x5D:
      repairs.insert(.separators)
      push(0x29)
    case 0x21...0x7E:
      scalars.append(scalar)
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0xAD, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F,
      0x205F...0x2064,
      0x2066...0x206F, 0x3000, 0xFE0E...0xFE0F, 0xFEFF:
      repairs.insert(.blanks)
    case 0xFF01...0xFF5E:
      repairs.insert(.fullWidth)
      if let narrow = Unicode.Scalar(scalar.value - 0xFEE0) { append(narrow) }
    case 0x2169, 0x2179:  // the Roman numeral ten, typed for the check character X
      repairs.insert(.fullWidth)
      push(0x58)
    case 0x2010...0x2015, 0x2043, 0x2212, 0xFE58, 0xFE63:
      repairs.insert(.separators)
      push(0x2D)
    case 0x3002, 0xFF61, 0xB7, 0x2022, 0x2027, 0x30FB, 0xFE52:
      repairs.insert(.separators)
      push(0x2E)
    case 0x3014, 0x3010, 0x3016, 0x3018, 0xFE59, 0xFE5D, 0xFE35, 0x2768:
      repairs.insert(.separators)
      push(0x28)
    case 0x3015, 0x3011, 0x3017, 0x3019, 0xFE5A, 0xFE5E, 0xFE36, 0x2769:
      repairs.insert(.separators)
      push(0x29)
    default:
      scalars.append(scalar)
    }
  }

  private mutating func push(_ value: UInt32) {
    if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
  }
}
