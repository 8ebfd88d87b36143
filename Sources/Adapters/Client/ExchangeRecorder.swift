public import CivilTime
public import Exchanges
import Glibc

/// Where the client puts every exchange before it believes a word of it. The journal is behind it; floors do not import each other sideways.
///
/// Both calls are carried through also when the task has been cancelled: what crossed the border is kept, whoever stops waiting for it.
public protocol ExchangeRecorder: Sendable {
  /// Makes the exchange durable. It is recorded as `unknown`: nobody has read it yet.
  func record(_ exchange: Exchange) async throws -> ExchangeID
  /// Says how it ended, once that is known.
  func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws
}

/// Counts calls against daily quotas; the count survives restarts.
public protocol CallBudget: Sendable {
  /// Takes one call out of each claim's limit for the Beijing day of `time`. Returns the claim that has none left; nothing is taken then.
  func take(_ claims: [BudgetClaim], at time: Timestamp) async throws -> BudgetClaim?
}

/// The right to so many calls a day: of one operation, or of a platform as a whole.
public struct BudgetClaim: Hashable, Sendable {
  public let platform: String
  /// nil: all calls to the platform.
  public let operation: String?
  public let limit: Int

  public init(platform: String, operation: String?, limit: Int) {
    self.platform = platform
    self.operation = operation
    self.limit = limit
  }
}

/// A breaker was opened, so that calls are no longer made for a while, or closed again.
public struct BreakerChange: Hashable, Sendable {
  public let platform: String
  /// nil: of the platform as a whole.
  public let operation: String?
  public let isClosed: Bool
  /// Until a call is tried; 0 where it is closed.
  public let seconds: Int
}

/// What makes calls unrepeatable, passed in: clocks, randomness, waiting.
public struct CallEnvironment: Sendable {
  public var now: @Sendable () -> Timestamp
  public var random: @Sendable (Int) throws -> [UInt8]
  public var sleep: @Sendable (Duration) async throws -> Void
  /// Milliseconds of a clock that never runs back, for waits: since the machine was started, the same in all its processes.
  public var uptime: @Sendable () -> Double
  /// Told of each breaker that is opened or closed; must not block.
  public var told: @Sendable (BreakerChange) -> Void = { _ in }

  public init(
    now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) throws -> [UInt8],
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    uptime: @escaping @Sendable () -> Double = CallEnvironment.continuous
  ) {
    self.now = now
    self.random = random
    self.sleep = sleep
    self.uptime = uptime
  }

  /// Of the machine; counts on while it is asleep.
  @Sendable public static func continuous() -> Double {
    var time = timespec()
    precondition(unsafe clock_gettime(CLOCK_BOOTTIME, &time) == 0, "Linux has this clock")
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
  }
}

extension CallEnvironment {
  /// A number in 0..<256 for jitter; when even randomness fails, the middle serves.
  public func jitterByte() -> UInt8 {
    do { return try random(1).first ?? 128 } catch { return 128 }
  }
}
