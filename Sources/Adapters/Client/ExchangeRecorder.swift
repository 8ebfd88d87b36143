public import CivilTime
public import Exchanges

/// Where the client puts every exchange before it believes a word of it. The journal is behind it; floors do not import each other sideways.
public protocol ExchangeRecorder: Sendable {
  /// Makes the exchange durable. It is recorded as `unknown`: nobody has read it yet.
  func record(_ exchange: Exchange) async throws -> ExchangeID
  /// Says how it ended, once that is known.
  func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws
}

/// Counts calls against a platform's daily quota; the count survives restarts.
public protocol CallBudget: Sendable {
  /// Takes one call out of `limit` for the Beijing day of `time`; false when none is left.
  func take(platform: String, limit: Int, at time: Timestamp) async throws -> Bool
}

/// What makes calls unrepeatable, passed in: clocks, randomness, waiting.
public struct CallEnvironment: Sendable {
  public var now: @Sendable () -> Timestamp
  public var random: @Sendable (Int) throws -> [UInt8]
  public var sleep: @Sendable (Duration) async throws -> Void

  public init(
    now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) throws -> [UInt8],
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.random = random
    self.sleep = sleep
  }
}

extension CallEnvironment {
  /// A number in 0..<256 for jitter; when even randomness fails, the middle serves.
  public func jitterByte() -> UInt8 {
    do { return try random(1).first ?? 128 } catch { return 128 }
  }
}
