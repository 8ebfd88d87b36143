import CivilTime

/// A report while it is being written.
struct Inspection {
  let kind: IdentifierKind
  let input: String
  let today: CivilDate?
  private var reasons: [IdentifierFinding] = []
  private var warnings: [IdentifierFinding] = []
  private var parts: [IdentifierPart] = []
  /// Set by a kind whose official display form has blanks, so that they are no repair.
  var blanksAreOfficial = false

  init(kind: IdentifierKind, input: String, today: CivilDate?) {
    self.kind = kind
    self.input = input
    self.today = today
  }

  var hasFailed: Bool { !reasons.isEmpty }

  mutating func fail(_ code: IdentifierFinding.Code, _ message: String) {
    reasons.append(IdentifierFinding(code: code, message: message))
  }

  mutating func warn(_ code: IdentifierFinding.Code, _ message: String) {
    warnings.append(IdentifierFinding(code: code, message: message))
  }

  mutating func part(_ name: String, _ value: String) {
    parts.append(IdentifierPart(name: name, value: value))
  }

  mutating func part(_ name: String, _ bytes: ArraySlice<UInt8>) {
    part(name, String(decoding: bytes, as: UTF8.self))
  }

  /// The text as ASCII, or `nil` with a reason that says where the first other character stands.
  mutating func ascii(_ tidy: TidyText) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tidy.scalars.count)
    for (index, scalar) in tidy.scalars.enumerated() {
      guard scalar.isASCII else {
        fail(.illegalCharacter, "character \(index + 1) is neither a digit nor a letter")
        return nil
      }
      bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    }
    return bytes
  }

  /// One reason for each byte of `range` that is not a digit, with what was probably meant.
  mutating func requireDigits(_ bytes: [UInt8], _ range: Range<Int>, _ what: String) {
    for index in range where !bytes[index].isDigit {
      fail(
        .illegalCharacter, "\(what) has only digits, but character \(index + 1) is \(Self.show(bytes[index]))"
      )
    }
  }

  mutating func noteRepairs(of tidy: TidyText) {
    if tidy.repairs.contains(.blanks), !blanksAreOfficial {
      warn(.blanks, "blanks or invisible characters were removed")
    }
    if tidy.repairs.contains(.fullWidth) { warn(.fullWidth, "full-width characters were converted") }
    if tidy.repairs.contains(.lowerCase) { warn(.lowerCase, "lower-case letters were raised") }
    if tidy.repairs.contains(.separators) {
      warn(.separators, "dashes, dots or brackets of another shape were converted")
    }
  }

  func finish(normal: String?) -> IdentifierReport {
    IdentifierReport(
      kind: kind, input: input, normal: reasons.isEmpty ? normal : nil, reasons: reasons, warnings: warnings,
      parts: parts)
  }

  /// A character for a message, with the digit that looks like it.
  static func show(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "O"), UInt8(ascii: "Q"): "\(Character(Unicode.Scalar(byte))) (0 meant?)"
    case UInt8(ascii: "I"), UInt8(ascii: "L"): "\(Character(Unicode.Scalar(byte))) (1 meant?)"
    case UInt8(ascii: "Z"): "Z (2 meant?)"
    case UInt8(ascii: "S"): "S (5 meant?)"
    case UInt8(ascii: "B"): "B (8 meant?)"
    case 0x21...0x7E: String(Character(Unicode.Scalar(byte)))
    default: "a control character"
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isCapital: Bool { self >= 0x41 && self <= 0x5A }
}
