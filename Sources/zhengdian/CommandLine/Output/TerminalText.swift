/// Text for people: colours, widths and what must not reach a terminal.
enum TerminalText {
  static let clearLine = "\r\u{1B}[K"

  enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  /// The columns a text takes: Chinese characters and full-width signs take two.
  static func width(_ text: String) -> Int {
    var width = 0
    for scalar in text.unicodeScalars { width += self.width(scalar) }
    return width
  }

  /// The start of the text that fits into so many columns.
  static func prefix(_ text: String, columns: Int) -> String {
    var kept = String.UnicodeScalarView()
    var left = columns
    for scalar in text.unicodeScalars {
      left -= width(scalar)
      if left < 0 { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  /// The text with control characters made visible: what came from elsewhere must not steer the terminal.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { kept.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
    return String(kept)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    // C0 and C1, and the signs that turn the direction of writing.
    scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || 0x202A...0x202E ~= scalar.value
      || 0x2066...0x2069 ~= scalar.value
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}

extension Output {
  /// The text in a style where colours are shown, and as it is elsewhere.
  func paint(_ text: String, _ style: TerminalText.Style) -> String {
    usesColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
