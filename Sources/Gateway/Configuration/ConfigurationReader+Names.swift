import Documents

/// Names that stand in logs, tables and metrics: short, plain, and surely nobody's name or number.
enum SiteName {
  static let form =
    "a name of lower-case letters, digits and hyphens that begins with a letter, at most 48 characters"

  static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 48 else {
      return false
    }
    // A long run of digits could be somebody's number.
    var digits = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: digits += 1
      case 0x61...0x7A, 0x2D: digits = 0
      default: return false
      }
      if digits > 8 { return false }
    }
    return true
  }
}

extension ConfigurationReader {
  /// The entries of a mapping whose keys are names at this site; those with other names are reported and left out.
  func named(_ key: String) -> [ConfigurationEntry] {
    (entries(ifPresent: key) ?? []).filter { entry in
      let isValid = SiteName.isValid(entry.name)
      if !isValid { entry.key.error("must be \(SiteName.form)") }
      return isValid
    }
  }

  /// A list of words of a closed set, each at most once. nil: which they are cannot be told.
  func words(_ key: String, among words: [String]?) -> [String] {
    var seen: Set<String> = []
    return list(key, count: 1...(.max)) { value in
      guard let word = words.map({ value.choice(among: $0) }) ?? value.text() else { return nil }
      guard seen.insert(word).inserted else {
        value.error("stands twice in the list")
        return nil
      }
      return word
    }
  }
}
