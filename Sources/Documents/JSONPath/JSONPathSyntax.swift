/// The parsed form of a JSONPath query, in the terms of RFC 9535.
struct JSONPathQuery: Sendable {
  enum Origin: Sendable {
    /// `$`
    case root
    /// `@`
    case current
  }

  let origin: Origin
  let segments: [JSONPathSegment]
  /// The selectors one by one if the query is singular (names and indices only): it finds one node at most.
  let singular: [JSONPathSelector]?

  init(origin: Origin, segments: [JSONPathSegment]) {
    self.origin = origin
    self.segments = segments
    var selectors: [JSONPathSelector] = []
    for segment in segments {
      guard !segment.isDescendant, segment.selectors.count == 1 else { break }
      switch segment.selectors[0] {
      case .name, .index: selectors.append(segment.selectors[0])
      default: break
      }
    }
    singular = selectors.count == segments.count ? selectors : nil
  }
}

struct JSONPathSegment: Sendable {
  /// `..[]` visits the node and all below it, `[]` only the node.
  let isDescendant: Bool
  let selectors: [JSONPathSelector]
}

enum JSONPathSelector: Sendable {
  /// UTF-8, escapes resolved.
  case name([UInt8])
  case wildcard
  case index(Int)
  case slice(start: Int?, end: Int?, step: Int)
  case filter(JSONPathCondition)
}

/// What stands behind `?`: a logical expression.
indirect enum JSONPathCondition: Sendable {
  case any([JSONPathCondition])
  case all([JSONPathCondition])
  case not(JSONPathCondition)
  case exists(JSONPathQuery)
  case compare(JSONPathOperand, JSONPathComparison, JSONPathOperand)
  case function(JSONPathFunction)
}

enum JSONPathComparison: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// One side of a comparison, or an argument that is a value.
indirect enum JSONPathOperand: Sendable {
  case literal(JSONPathLiteral)
  /// A singular query.
  case query(JSONPathQuery)
  /// A function whose result is a value.
  case function(JSONPathFunction)
}

enum JSONPathLiteral: Sendable {
  case string([UInt8])
  case number(JSONPathNumber)
  case boolean(Bool)
  case null
}

/// The five functions RFC 9535 section 2.4 defines, well typed.
enum JSONPathFunction: Sendable {
  case length(JSONPathOperand)
  case count(JSONPathQuery)
  case value(JSONPathQuery)
  case match(JSONPathOperand, JSONPathPattern)
  case search(JSONPathOperand, JSONPathPattern)
}

/// The second argument of `match` and `search`.
enum JSONPathPattern: Sendable {
  /// A literal, compiled once.
  case fixed(RegularExpression)
  /// A literal that is not an I-Regexp, or no string at all: nothing matches (RFC 9535, section 2.4.6).
  case never
  /// To be found in the document.
  case dynamic(JSONPathOperand)
}
