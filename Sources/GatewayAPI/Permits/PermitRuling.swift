import Applications
public import Documents
public import Permits

/// What the policy said of an attempt, as it was kept.
public struct PermitRuling {
  public let root: JSONValue

  /// One rule of it.
  public struct Part {
    /// `need`, `way`, `limit` or `total`.
    public let name: String
    public let value: String
    public let clause: String
    public let document: String?
    public let isAssumed: Bool
  }

  /// `nil` where what is kept is no such thing: the row is damaged.
  public init?(_ attempt: PermitItemAttempt) {
    do throws(DocumentError) {
      root = try JSONDocument(parsing: attempt.decision).root
    } catch {
      return nil
    }
    // Of another item it is another's row.
    guard root.isObject, root["item"].map({ $0.string == attempt.item.rawValue }) ?? true else { return nil }
  }

  public static func damage(of attempt: PermitItemAttempt) -> String {
    "what the policy said of \(attempt.item.rawValue), attempt \(attempt.attempt), is damaged: restore it from a backup"
  }

  /// The rules on which it rests, with their clauses.
  public var parts: [Part] {
    ["need", "way", "limit", "total"].compactMap { name in
      guard let ruling = root[name], let clause = ruling["clause"]?.string else { return nil }
      return Part(
        name: name, value: ruling["value"]?.string ?? "none", clause: clause,
        document: ruling["document"]?.string, isAssumed: ruling["assumed"]?.boolean == true)
    }
  }
}
