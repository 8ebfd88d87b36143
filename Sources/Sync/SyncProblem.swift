import Adapters
public import Exchanges
import Mapping
import SQLDatabase
import Work

/// What ended a run, in the words that decide what happens next.
public struct SyncProblem: Hashable, Sendable {
  public let code: String
  public let errorClass: ErrorClass
  public let message: String
  public let remedy: String
  /// The exchange at which it was met, where there is one.
  public let exchange: ExchangeID?
  /// Seconds to wait before trying again, where the platform or a limit says so.
  public let retryAfter: Int?
  /// The pull was stopped by us.
  public var isStop: Bool { code == Self.stopped }
  /// A limit keeps the platform from being called for now, or a breaker does, whose cause was told before.
  public var isPause: Bool {
    code == AdapterError.Code.limit.rawValue || code == AdapterError.Code.breakerOpen.rawValue
  }

  /// The site's own database could not be written or read.
  public var isOfDatabase: Bool { code.hasPrefix("database-") }

  /// The platform's pages did not add up; the next run starts the window over.
  var isMovedPages: Bool { code == AdapterError.Code.paging.rawValue && errorClass != .configuration }

  private static let stopped = "stopped"
  /// The window is held by incidents, which are in the ledger already.
  static let held = "drift-held"

  public init(_ error: any Error) {
    let failure = error as? ExchangeFailure
    let error = failure?.underlying ?? error
    retryAfter = (error as? AdapterError)?.retryAfter
    exchange = failure?.exchange ?? (error as? AdapterError)?.exchange
    switch error {
    case let error as AdapterError:
      (code, errorClass, message, remedy) = (
        error.code.rawValue, error.errorClass, error.message, error.remedy
      )
    case let error as MappingError:
      (code, errorClass, message) = (error.code.rawValue, .drift, error.message)
      remedy =
        "compare the exchange in the journal with the mapping; the platform may have changed its message"
    case let error as DriftHeld:
      (code, errorClass, message, remedy) = (Self.held, .drift, error.message, error.remedy)
    case let error as DriftStanding:
      (code, errorClass, message, remedy) = (Self.held, .drift, error.message, error.remedy)
    case let error as DatabaseError:
      (code, errorClass, message) = ("database-" + error.code.rawValue, .configuration, error.description)
      remedy = "the run goes on where it stopped once the database can be written again"
    case let error as WorkError:
      (code, errorClass, message, remedy) = (error.code.rawValue, .transient, error.message, error.remedy)
    case let error as TrialError:
      (code, errorClass, message, remedy) = (error.code.rawValue, .configuration, error.message, error.remedy)
    case is CancellationError:
      (code, errorClass, message) = (Self.stopped, .transient, "the run was stopped")
      remedy = "it goes on where it stopped"
    default:
      (code, errorClass, message) = ("internal", .configuration, "\(type(of: error))")
      remedy = "see the log"
    }
  }

  public var exchangeProblem: ExchangeProblem {
    ExchangeProblem(code: code, errorClass: errorClass, message: message, remedy: remedy)
  }
}

/// An error with the exchange at which it was met.
struct ExchangeFailure: Error {
  let exchange: ExchangeID
  let underlying: any Error
}
