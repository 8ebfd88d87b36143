/// A record derived once more from the raw bytes of its exchange, and compared with what is stored, field by field.
///
/// Holds no values: whether a field agrees, and where in the message it came from.
public struct CertificateProof: Sendable {
  public struct Field: Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
      /// Derived again, it says the same.
      case agrees
      /// Derived again, it says something else.
      case differs
      /// Stored, but the raw bytes do not give it.
      case underived
      /// The raw bytes give it, but it is not stored.
      case unstored
    }

    /// `basic.number`, `holders[0].name`.
    public var path: String
    public var verdict: Verdict
    /// Where in the opened message the value stands, as a normalised JSONPath or an XML path.
    public var origin: String?

    public init(path: String, verdict: Verdict, origin: String? = nil) {
      self.path = path
      self.verdict = verdict
      self.origin = origin
    }
  }

  /// Whether everything agrees.
  public var holds: Bool
  public var fields: [Field]
  /// What was done, and what could not be: a changed mapping, an erased exchange. Without values.
  public var notes: [String]

  public init(holds: Bool, fields: [Field], notes: [String] = []) {
    self.holds = holds
    self.fields = fields
    self.notes = notes
  }
}

/// Derives records again from what was really said.
public protocol Prover: Sendable {
  /// The proof of the present version; throws when the raw bytes cannot be had any more.
  func prove(_ id: CertificateID) async throws -> CertificateProof
}
