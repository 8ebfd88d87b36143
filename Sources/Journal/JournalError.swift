public import Exchanges

/// Why an exchange cannot be read back. Texts carry no personal data.
public struct JournalError: Error, Hashable, Sendable {
  /// A stable word for metrics and decisions.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static let notFound = Code(rawValue: "not-found")
    /// The exchange has an answer already; what was recorded is never replaced.
    public static let alreadyAnswered = Code(rawValue: "already-answered")
    /// The key was destroyed on purpose; the content is gone for good.
    public static let erased = Code(rawValue: "erased")
    /// The master key that wraps the content's key is not in the key ring.
    public static let missingKey = Code(rawValue: "missing-key")
    /// Ciphertext, wrapped key or the columns bound to them were changed.
    public static let tampered = Code(rawValue: "tampered")
    /// The content opens, but is not what this program writes.
    public static let damaged = Code(rawValue: "damaged")
    /// Something was removed while it was read.
    public static let changed = Code(rawValue: "changed")
    /// The content is larger than the reader allows.
    public static let tooLarge = Code(rawValue: "too-large")
  }

  public var code: Code
  /// What happened and what to do about it.
  public var message: String
  public var exchange: ExchangeID?

  public init(_ code: Code, _ message: String, exchange: ExchangeID? = nil) {
    self.code = code
    self.message = message
    self.exchange = exchange
  }
}

extension JournalError: CustomStringConvertible {
  public var description: String {
    "journal: \(code)\(exchange.map { " in exchange \($0)" } ?? ""): \(message)"
  }
}
