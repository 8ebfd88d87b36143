public import Exchanges

/// Why a platform's call is not acted upon.
public struct InboundRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Sendable {
    /// It does not show who it is, comes from elsewhere, too late, or once more. Nothing of it is kept.
    case unauthenticated
    /// Its body is not in the declared form, or has not what is needed.
    case malformed
    /// It is about nothing that this site has handed in.
    case unknown
    /// It says something that the manifest does not know.
    case unclear
    /// It cannot be acted upon.
    case unfit
    /// Not now: the time is over, or there are too many.
    case unavailable
  }

  public let kind: Kind
  /// Names fields and places, never what stood there.
  public let message: String
  /// What an operator has to do.
  public let remedy: String
  /// It may be different by itself in a while.
  public let mayPass: Bool

  public init(_ kind: Kind, _ message: String, remedy: String = "", mayPass: Bool = false) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
    self.mayPass = mayPass
  }

  /// For the journal, the queue and programs.
  public var code: String { "inbound-" + kind.rawValue }

  public var errorClass: ErrorClass {
    switch kind {
    case .unauthenticated: .credentials
    case .malformed, .unclear: .drift
    case .unknown, .unfit: mayPass ? .transient : .data
    case .unavailable: .transient
    }
  }

  public var problem: ExchangeProblem {
    ExchangeProblem(code: code, errorClass: errorClass, message: message, remedy: remedy)
  }

  public var description: String { "\(code): \(message)" }
}
