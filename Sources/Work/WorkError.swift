/// Why the queue cannot do what it was asked.
public struct WorkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for metrics and decisions.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Somebody else has taken the item over, or ended it. What was done under this lease must not be stored.
    public static let leaseLost = Code(rawValue: "work-lease-lost")
    public static let notFound = Code(rawValue: "work-not-found")
    /// Somebody works on it just now.
    public static let leased = Code(rawValue: "work-leased")
    /// It is not in a state in which this can be done.
    public static let wrongState = Code(rawValue: "work-wrong-state")
    /// What the item belongs to decides for it.
    public static let decidedElsewhere = Code(rawValue: "work-decided-elsewhere")
    /// A newer program wrote the row.
    public static let unreadable = Code(rawValue: "work-unreadable")
  }

  public let code: Code
  public let message: String
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String = "") {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String {
    "\(code.rawValue): \(message)" + (remedy.isEmpty ? "" : " (\(remedy))")
  }
}
