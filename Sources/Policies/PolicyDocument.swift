public import CivilTime

/// A published document that rules come from.
public struct PolicyDocument: Hashable, Sendable {
  /// The short name that clauses use: `NDRC-1479`.
  public let id: String
  /// The official number, where it has one.
  public let number: String?
  public let title: String
  public let term: Term
  /// Where the document's own term has ended: until when the site goes on by it. Every decision says so.
  public let continuedUntil: CivilDate?
  /// No document at all: what the site does by its own settlement.
  public let isAssumed: Bool

  /// Whether rules of the document hold on a day, and whether that is only because the site goes on by it.
  func force(on day: CivilDate) -> Force {
    if term.contains(day) { return .inForce }
    if let continuedUntil, let last = term.until, day > last, day <= continuedUntil { return .continued }
    return .none
  }

  enum Force: Hashable {
    case none
    case inForce
    case continued
  }
}

/// From the first to the last day on which something holds; without an end where none is set.
public struct Term: Hashable, Sendable {
  public let from: CivilDate?
  public let until: CivilDate?

  func contains(_ day: CivilDate) -> Bool {
    (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
  }
}

/// The place in a document that a rule comes from: `XX-20 1`, `NDRC-1479 (二)`.
public struct Clause: Hashable, Sendable, CustomStringConvertible {
  public let document: String
  public let place: String

  public var description: String { place.isEmpty ? document : "\(document) \(place)" }
}
