/// A number of a fact or a limit in thousandths of its unit, so that 0.4 kV and 150 m compare exactly.
public struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let thousandths: Int

  public init(thousandths: Int) { self.thousandths = thousandths }

  public init(_ whole: Int) { self.init(thousandths: whole * 1000) }

  /// Reads a number with at most three digits behind the point: `0.4`, `150`. No sign, no exponent.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    func digits(_ part: some StringProtocol, _ most: Int) -> Int? {
      guard (1...most).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      return Int(part)
    }
    guard (1...2).contains(parts.count), let whole = digits(parts[0], 12) else { return nil }
    guard parts.count == 2 else {
      self.init(whole)
      return
    }
    guard digits(parts[1], 3) != nil,
      let fraction = Int(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count))
    else { return nil }
    self.init(thousandths: whole * 1000 + fraction)
  }

  public var description: String {
    guard thousandths % 1000 != 0 else { return "\(thousandths / 1000)" }
    var fraction = String(1000 + thousandths % 1000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(thousandths / 1000).\(fraction)"
  }

  public static func < (left: Quantity, right: Quantity) -> Bool { left.thousandths < right.thousandths }
}

/// An interval of quantities.
public struct NumberRange: Hashable, Sendable {
  /// The least one in it, in thousandths.
  let least: Int
  /// The first one beyond it.
  let beyond: Int

  init(least: Int = 0, beyond: Int = .max) {
    self.least = least
    self.beyond = beyond
  }

  init(from: Int) { self.init(least: from * 1000) }
  init(below: Int) { self.init(beyond: below * 1000) }

  func contains(_ quantity: Quantity) -> Bool {
    least <= quantity.thousandths && quantity.thousandths < beyond
  }

  var isEmpty: Bool { least >= beyond }
}
