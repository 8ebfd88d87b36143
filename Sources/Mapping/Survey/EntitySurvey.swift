public import Exchanges

/// What the rows of one entity look like, counted and without any of their values. Surveys of several pages add up.
public struct EntitySurvey: Hashable, Sendable {
  /// Rows that became a record or were quarantined.
  public var rows = 0
  /// Those of them whose fields were looked at.
  public var looked = 0
  /// By place: `$.name`, `$.list[*].code`, `@NO`, `owner:@SXH`.
  public var places: [String: PlaceSurvey] = [:]
  /// Rows with a fault of this sort at this field; also where the mapping only warns of it.
  public var faults: [Fault: Int] = [:]
  /// The first row of the page with a place, or with a fault at a field; of a sum only what its first part had.
  public var examples: [String: RecordLocator] = [:]
  /// The first row of the page.
  public var firstRow: RecordLocator?

  /// A sort of fault, and the field's path in the schema (`basic.state`, `holder.code`).
  public struct Fault: Hashable, Comparable, Sendable {
    public let facet: Contract.Facet
    public let field: String

    public init(_ facet: Contract.Facet, _ field: String) {
      self.facet = facet
      self.field = field
    }

    public static func < (left: Fault, right: Fault) -> Bool {
      (left.facet.rawValue, left.field) < (right.facet.rawValue, right.field)
    }
  }

  public init() {}

  public static func += (left: inout EntitySurvey, right: EntitySurvey) {
    left.rows += right.rows
    left.looked += right.looked
    left.places.merge(right.places) { first, second in first + second }
    left.faults.merge(right.faults, uniquingKeysWith: +)
  }
}

/// What stands at one place of the rows that were looked at.
public struct PlaceSurvey: Hashable, Sendable {
  /// What a value is. XML has texts and elements with others inside (`object`).
  public enum Shape: String, CaseIterable, Hashable, Sendable {
    case text, number, flag, list, object

    var place: Int {
      switch self {
      case .text: 0
      case .number: 1
      case .flag: 2
      case .list: 3
      case .object: 4
      }
    }
  }

  /// Rows that have the place, whatever stands there.
  public var present = 0
  /// Rows in which something stands there: neither null nor an empty text.
  public var filled = 0
  /// Rows by what stands there. A row with several counts once for each shape.
  public private(set) var shapes = [Int](repeating: 0, count: Shape.allCases.count)

  public init() {}

  public subscript(shape: Shape) -> Int {
    get { shapes[shape.place] }
    set { shapes[shape.place] = newValue }
  }

  public static func + (left: PlaceSurvey, right: PlaceSurvey) -> PlaceSurvey {
    var sum = left
    sum.present += right.present
    sum.filled += right.filled
    for index in sum.shapes.indices { sum.shapes[index] += right.shapes[index] }
    return sum
  }
}

extension RowProblem {
  /// What has changed where many rows have this problem; nil for problems that say nothing about the platform's message.
  public var facet: Contract.Facet? {
    switch code {
    case "unknown-code": .codes
    case "wrong-type", "not-a-date", "not-a-number", "not-a-flag", "no-match": .types
    case "no-value", "join-missing", "join-several": .fields
    case "wrong-check", "inner-check", "wrong-length", "wrong-form", "illegal-character", "masked",
      "impossible-date":
      .checks
    default: nil
    }
  }

  /// The field's path without the place of a holder: `holder.code` of `holders[1].code`.
  var fieldOfSchema: String {
    guard field.hasPrefix("holders["), let end = field.firstIndex(of: "]") else {
      return field.isEmpty ? source : field
    }
    return "holder" + field[field.index(after: end)...]
  }
}
