/// What went wrong in the database, with the remedy in the message.
///
/// `description` never carries bound values, so it can be logged: statements are shown with their
/// placeholders.
public struct DatabaseError: Error, Hashable, Sendable {
  /// The kind of failure: a stable word for metrics, logs and decisions.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// Another process or connection kept its lock longer than the configured wait.
    public static let busy = Code(rawValue: "busy")
    /// No room on the disk, or the configured size limit of the database is reached.
    public static let full = Code(rawValue: "full")
    public static let corrupt = Code(rawValue: "corrupt")
    public static let notADatabase = Code(rawValue: "not-a-database")
    public static let cannotOpen = Code(rawValue: "cannot-open")
    public static let permission = Code(rawValue: "permission")
    public static let readOnly = Code(rawValue: "read-only")
    public static let inputOutput = Code(rawValue: "input-output")
    public static let outOfMemory = Code(rawValue: "out-of-memory")
    public static let uniqueConstraint = Code(rawValue: "unique-constraint")
    public static let foreignKeyConstraint = Code(rawValue: "foreign-key-constraint")
    public static let notNullConstraint = Code(rawValue: "not-null-constraint")
    public static let checkConstraint = Code(rawValue: "check-constraint")
    public static let otherConstraint = Code(rawValue: "other-constraint")
    public static let tooLarge = Code(rawValue: "too-large")
    /// The statement is wrong: syntax, an unknown table, the wrong number of values.
    public static let statement = Code(rawValue: "statement")
    /// The engine gave up the whole transaction, so nothing of it was kept.
    public static let transactionLost = Code(rawValue: "transaction-lost")
    public static let closed = Code(rawValue: "closed")
    public static let newerSchema = Code(rawValue: "newer-schema")
    public static let changedMigration = Code(rawValue: "changed-migration")
    public static let backup = Code(rawValue: "backup")
    public static let other = Code(rawValue: "other")
  }

  public var code: Code
  /// What happened and what to do about it, in one or two sentences.
  public var message: String
  /// The statement's text with its placeholders, when one was running.
  public var statement: String?
  /// The engine's own (extended) result code; 0 when the engine was not asked.
  public var engineCode: Int32

  public init(_ code: Code, _ message: String, statement: String? = nil, engineCode: Int32 = 0) {
    self.code = code
    self.message = message
    self.statement = statement
    self.engineCode = engineCode
  }

  /// Whether a rule of a table refused the row, so that repeating the same statement cannot help.
  public var isConstraint: Bool {
    switch code {
    case .uniqueConstraint, .foreignKeyConstraint, .notNullConstraint, .checkConstraint, .otherConstraint:
      true
    default: false
    }
  }
}

extension DatabaseError: CustomStringConvertible {
  public var description: String {
    var text = "database: \(code): \(message)"
    if let statement { text += " [in: \(statement)]" }
    return text
  }
}
