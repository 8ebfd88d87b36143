public import CivilTime

/// The fields a record has in one of its groups: sparse, and always in the order of the schema.
public struct FieldValues: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let field: Field
    public internal(set) var value: FieldValue
  }

  public private(set) var entries: [Entry] = []

  public init() {}

  public var isEmpty: Bool { entries.isEmpty }
  public var count: Int { entries.count }

  public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// The value of `field`; setting `nil` removes it.
  ///
  /// - Precondition: the field accepts the value; a text is never put where a date belongs.
  public subscript(field: Field) -> FieldValue? {
    get {
      for entry in entries where entry.field == field { return entry.value }
      return nil
    }
    set {
      let place = place(of: field)
      let isThere = place < entries.count && entries[place].field == field
      guard let newValue else {
        if isThere { entries.remove(at: place) }
        return
      }
      precondition(field.accepts(newValue), "\(field.path) does not hold such a value")
      if isThere {
        entries[place].value = newValue
      } else if place == entries.count {
        entries.append(Entry(field: field, value: newValue))
      } else {
        entries.insert(Entry(field: field, value: newValue), at: place)
      }
    }
  }

  /// The text, code, identifier or decimal of `field`.
  public func text(_ field: Field) -> String? {
    switch self[field] {
    case .text(let text), .decimal(let text): text
    default: nil
    }
  }

  public func date(_ field: Field) -> CivilDate? {
    if case .date(let date) = self[field] { date } else { nil }
  }

  public func timestamp(_ field: Field) -> Timestamp? {
    if case .timestamp(let timestamp) = self[field] { timestamp } else { nil }
  }

  public func flag(_ field: Field) -> Bool? {
    if case .flag(let flag) = self[field] { flag } else { nil }
  }

  public func texts(_ field: Field) -> [String] {
    if case .texts(let texts) = self[field] { texts } else { [] }
  }

  /// Where `field` stands or would stand. Values mostly arrive in order, so the search starts at the end.
  private func place(of field: Field) -> Int {
    var place = entries.count
    while place > 0, entries[place - 1].field >= field { place -= 1 }
    return place
  }
}
