import CivilTime
import Synchronization

/// The tokens of one connection: in memory only, fetched when first needed and again before their end, by one caller at a time.
final class TokenKeeper: Sendable {
  struct Held: Sendable {
    let value: Value
    /// Before its end, so that no call leaves with a token that dies on the way.
    let usableUntil: Timestamp
    /// Counts fetches, so that a late refusal of an old token does not drop its successor.
    let generation: Int
  }

  private let held = Mutex<[String: Held]>([:])
  let flights = SingleFlight<String, Held>()
  private let generations = Mutex(0)

  /// The token, fetched by `fetch` when there is none or its end is nearer than `refreshBefore`.
  func value(
    _ token: Token, now: @Sendable () -> Timestamp, fetch: () async throws -> (Value, Timestamp)
  ) async throws -> Held {
    if let usable = usable(token, at: now()) { return usable }
    return try await flights.run(token.name) {
      // Another flight may have landed between the look and this one.
      if let usable = usable(token, at: now()) { return usable }
      let (value, end) = try await fetch()
      let generation = generations.withLock { counter in
        counter += 1
        return counter
      }
      // A token that lives shorter than its own margin is used for half its life rather than never.
      let fetched = now()
      let margin = min(Int64(token.refreshBefore) * 1000, max(0, end.milliseconds(since: fetched) / 2))
      let fresh = Held(
        value: value, usableUntil: end.advanced(byMilliseconds: -margin), generation: generation)
      held.withLock { $0[token.name] = fresh }
      return fresh
    }
  }

  /// Forgets tokens up to `generation`: the platform has refused them.
  func drop(upTo generation: Int) {
    held.withLock { held in held = held.filter { $0.value.generation > generation } }
  }

  private func usable(_ token: Token, at time: Timestamp) -> Held? {
    guard let current = held.withLock({ $0[token.name] }) else { return nil }
    return time < current.usableUntil ? current : nil
  }
}
