public import Exchanges

/// What keeps a call from being made, or its answer from being believed.
///
/// The class decides what happens next (retry, pause, ask for a person). The message names settings, codes and places, never
/// values of messages: those carry people's papers.
public struct AdapterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for logs, metrics and tests.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The manifest, or an expression in it, cannot do what it says.
    public static let manifest = Code(rawValue: "adapter-manifest")
    /// A setting the manifest asks for is not in the connection.
    public static let setting = Code(rawValue: "adapter-setting")
    /// An expression met a value it cannot work with (bad key length, bad ciphertext, not text).
    public static let expression = Code(rawValue: "adapter-expression")
    /// The answer is not in the declared format: an HTML page, nothing at all, a damaged character, half a document.
    public static let envelope = Code(rawValue: "adapter-envelope")
    /// The platform understood and refused.
    public static let refused = Code(rawValue: "platform-refused")
    /// The platform's HTTP status is not one of success.
    public static let status = Code(rawValue: "platform-status")
    /// A token could not be had.
    public static let token = Code(rawValue: "adapter-token")
    /// The pages received do not add up to what the platform declared.
    public static let paging = Code(rawValue: "paging-incomplete")
    /// A limit of ours is used up: daily quota, service window.
    public static let limit = Code(rawValue: "adapter-limit")
    /// The calls before this one failed again and again, so it was not made.
    public static let breakerOpen = Code(rawValue: "breaker-open")
    /// The connection broke, or never came about.
    public static let transport = Code(rawValue: "transport")
    /// The gateway ended while the call was under way.
    public static let interrupted = Code(rawValue: "interrupted")
  }

  public var code: Code
  public var errorClass: ErrorClass
  public var message: String
  /// What to do next.
  public var remedy: String
  /// Seconds to wait: what the platform asks for (Retry-After), or until a limit of ours is lifted.
  public var retryAfter: Int?
  /// The exchange at which it was met; nil when no call was made.
  public var exchange: ExchangeID?
  /// What the manifest says to do about this refusal.
  public var action: Envelope.Refusal.Action?
  /// What a push that was answered so has done at the platform; nil where no answer tells.
  public internal(set) var effect: Envelope.Refusal.Effect?

  public init(
    _ code: Code, _ errorClass: ErrorClass, _ message: String, remedy: String, retryAfter: Int? = nil,
    action: Envelope.Refusal.Action? = nil
  ) {
    self.code = code
    self.errorClass = errorClass
    self.message = message
    self.remedy = remedy
    self.retryAfter = retryAfter
    self.action = action
  }

  /// Whether going on behind the pages that have come would be wrong or in vain: they have moved, or the platform's word for the next page has ended.
  public var startsWindowOver: Bool {
    code == .paging && errorClass != .configuration || action == .restart
  }

  /// Whether the platform may mean that it does not know the page asked for, such as the one behind a cursor that has ended, without saying so in a declared code.
  public var refusesPlace: Bool {
    (code == .refused || code == .status) && (errorClass == .platform || errorClass == .data)
  }

  /// A limit of ours kept the call from being made: nothing is wrong with it, its time has not come.
  public var isOwnLimit: Bool { code == .limit || code == .breakerOpen }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }

  public var problem: ExchangeProblem {
    ExchangeProblem(code: code.rawValue, errorClass: errorClass, message: message, remedy: remedy)
  }
}
