public import Certificates

/// What somebody looks at papers for (查询目的). A consumer is given some; each call names one, and the audit keeps it.
public struct Purpose: Hashable, Sendable {
  public let name: String
  /// What people see.
  public let title: String
  /// The fields that may be shown whole for it, when the consumer has the scope for that and asks.
  public let reveal: Set<Field>

  public init(name: String, title: String, reveal: Set<Field> = []) {
    self.name = name
    self.title = title
    self.reveal = reveal
  }
}
