public import CivilTime

/// How a time is written in a request.
public struct TimeForm: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case milliseconds
    case seconds
    case pattern([Piece])
  }

  enum Piece: Hashable, Sendable {
    case literal(String)
    case field(Field)
  }

  enum Field: String, CaseIterable, Hashable, Sendable {
    case year = "yyyy"
    case shortYear = "yy"
    case month = "MM"
    case day = "dd"
    case hour = "HH"
    case minute = "mm"
    case second = "ss"
  }

  public static let words = ["epoch-ms", "epoch-s", "ms", "s"]

  let kind: Kind

  /// `epoch-ms` (or `ms`), `epoch-s` (or `s`), or a pattern of `yyyy yy MM dd HH mm ss` with anything between; other letters are refused.
  public init?(_ text: String) {
    switch text {
    case "ms", "epoch-ms": kind = .milliseconds
    case "s", "epoch-s": kind = .seconds
    default:
      guard let pieces = Self.pieces(text) else { return nil }
      kind = .pattern(pieces)
    }
  }

  /// The time as text; patterns show the time of day `offsetSeconds` east of Greenwich.
  public func text(_ time: Timestamp, offsetSeconds: Int = UTCOffset.china) -> String {
    switch kind {
    case .milliseconds: return String(time.milliseconds)
    case .seconds:
      let milliseconds = time.milliseconds
      return String(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
    case .pattern(let pieces):
      let civil = time.civil(offsetSeconds: offsetSeconds)
      var text = ""
      for piece in pieces {
        switch piece {
        case .literal(let literal): text += literal
        case .field(.year): text += Self.padded(civil.date.year, 4)
        case .field(.shortYear): text += Self.padded(civil.date.year % 100, 2)
        case .field(.month): text += Self.padded(civil.date.month, 2)
        case .field(.day): text += Self.padded(civil.date.day, 2)
        case .field(.hour): text += Self.padded(civil.hour, 2)
        case .field(.minute): text += Self.padded(civil.minute, 2)
        case .field(.second): text += Self.padded(civil.second, 2)
        }
      }
      return text
    }
  }

  private static func pieces(_ text: String) -> [Piece]? {
    var rest = Substring(text)
    var pieces: [Piece] = []
    scanning: while let first = rest.first {
      for field in Field.allCases where rest.hasPrefix(field.rawValue) {
        pieces.append(.field(field))
        rest.removeFirst(field.rawValue.count)
        continue scanning
      }
      guard !(first.isASCII && first.isLetter) || first == "T" else { return nil }
      pieces.append(.literal(String(first)))
      rest.removeFirst()
    }
    return pieces.contains { $0 == .field(.year) || $0 == .field(.shortYear) } ? pieces : nil
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
