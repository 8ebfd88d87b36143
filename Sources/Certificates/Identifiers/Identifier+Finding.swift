extension Identifier {
  /// Fifteen digits: a citizen number of before 1999, or the 注册号 of an organisation of before 2015. Nothing in them tells which.
  public static func isOldNumber(_ text: String) -> Bool {
    let tidy = tidied(text)
    return tidy.utf8.count == 15 && tidy.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a citizen number stands anywhere in a text: for words that are shown in lists and logs, and must not tell of anybody. Fifteen digits count where
  /// they stand by themselves.
  public static func holdsCitizenNumber(_ text: String) -> Bool {
    let characters = Array(text)
    if characters.count >= 18 {
      for start in 0...(characters.count - 18)
      where inspect(.citizenNumber, String(characters[start..<(start + 18)])).isValid { return true }
    }
    return text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.contains { part in
      part.count == 15 && inspect(.citizenNumber, String(part)).isValid
    }
  }
}
