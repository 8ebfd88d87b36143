import Documents

/// What `normalize` asks for; applied in the order of the cases.
struct TextNormalization: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let nfkc = TextNormalization(rawValue: 1)
  static let compact = TextNormalization(rawValue: 2)
  static let collapse = TextNormalization(rawValue: 4)
  static let uppercase = TextNormalization(rawValue: 8)
  static let lowercase = TextNormalization(rawValue: 16)

  enum Word: String, CaseIterable {
    case nfkc, uppercase, lowercase, compact, collapse

    var option: TextNormalization {
      switch self {
      case .nfkc: .nfkc
      case .uppercase: .uppercase
      case .lowercase: .lowercase
      case .compact: .compact
      case .collapse: .collapse
      }
    }
  }

  func apply(to text: String) -> String {
    var text = text
    if contains(.nfkc) { text = CompatibilityForm.nfkc(text) }
    if contains(.compact) { text = BlankTrimming.remove(text) }
    if contains(.collapse) { text = BlankTrimming.collapse(text) }
    if contains(.uppercase) { text = text.uppercased() }
    if contains(.lowercase) { text = text.lowercased() }
    return text
  }
}

extension TextNormalization {
  /// The key `normalize`: one word or a list of them.
  static func read(_ reader: ConfigurationReader) -> TextNormalization {
    var normalization: TextNormalization = []
    for value in reader.value(ifPresent: "normalize")?.elementsOrSelf() ?? [] {
      guard let word = value.choice(TextNormalization.Word.self) else { continue }
      if !normalization.insert(word.option).inserted { value.warning("stands twice in the list") }
    }
    if normalization.isSuperset(of: [.uppercase, .lowercase]) {
      reader.error("must not ask for upper and lower case at once", at: "normalize")
    }
    if normalization.isSuperset(of: [.compact, .collapse]) {
      reader.warning("asks for 'collapse' in vain: 'compact' leaves no blanks", at: "normalize")
    }
    return normalization
  }
}
