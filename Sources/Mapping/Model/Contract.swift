/// What is to be done when a platform's messages are no longer what they were: one word for each thing that may change.
public struct Contract: Hashable, Sendable {
  public enum Word: String, CaseIterable, Hashable, Sendable {
    /// Take it and tell it.
    case evolve
    /// Hold the window until somebody has looked.
    case freeze
    /// Quarantine the rows concerned.
    case discardRow = "discard-row"
    /// Leave the value out, with a warning.
    case discardValue = "discard-value"
  }

  public enum Facet: String, CaseIterable, Hashable, Sendable {
    /// Fields that rules read.
    case fields
    /// Fields that no rule reads.
    case others
    /// The types of values, and whether they can be read as what they stand for.
    case types
    /// Codes that are in no list.
    case codes
    /// Check digits.
    case checks
    /// How many rows come.
    case volume

    /// The words that mean something here. A row or value is there to be discarded only where values are judged.
    public var words: [Word] {
      switch self {
      case .fields, .others, .volume: [.evolve, .freeze]
      case .types: [.freeze, .evolve, .discardRow, .discardValue]
      case .codes, .checks: Word.allCases
      }
    }
  }

  private var words: [Facet: Word] = [:]

  public init(_ words: [Facet: Word] = [:]) { self.words = words }

  /// The word of a facet. What the mapping does not say is `freeze`, except for fields that no rule reads: they change no record.
  public internal(set) subscript(facet: Facet) -> Word {
    get { words[facet] ?? (facet == .others ? .evolve : .freeze) }
    set { words[facet] = newValue }
  }

  /// What becomes of a single code or identifier whose rule says nothing itself.
  func strictness(_ facet: Facet) -> Strictness {
    switch self[facet] {
    case .evolve: .warn
    case .freeze, .discardRow: .quarantine
    case .discardValue: .discard
    }
  }
}
