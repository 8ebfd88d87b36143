import CivilTime
import HTTPTransport

/// Headers in which a platform says how many calls are left, and when there will be more.
public struct LimitHints: Hashable, Sendable {
  public var remaining: String
  public var reset: String

  public init(remaining: String, reset: String) {
    self.remaining = remaining
    self.reset = reset
  }

  /// Seconds until there are calls again; nil while some are left, or nothing is said that can be read.
  func wait(_ headers: [HTTPHeader], at now: Timestamp) -> Int? {
    guard let left = headers[remaining].flatMap({ Int($0) }), left <= 0 else { return nil }
    return headers[reset].flatMap { ServerHints.seconds($0, at: now, allowsMoments: true) }
  }
}

enum ServerHints {
  /// Whatever a platform says, it is asked again after a day.
  static let longest = 86_400

  /// A `Retry-After` or the like: whole seconds, or a date of HTTP.
  ///
  /// - Parameter allowsMoments: numbers too large for a wait are seconds, or milliseconds, of Unix time.
  static func seconds(_ text: String, at now: Timestamp, allowsMoments: Bool = false) -> Int? {
    if let number = Int64(text) {
      guard number >= 0 else { return nil }
      guard allowsMoments, number > 1_000_000_000 else { return Int(number) }
      return until(
        number > 100_000_000_000 ? Timestamp(milliseconds: number) : .seconds(number), now)
    }
    return Timestamp(httpDate: text, near: now).map { until($0, now) }
  }

  /// Rounded up: a moment too early would be a call in vain.
  private static func until(_ moment: Timestamp, _ now: Timestamp) -> Int {
    let wait = moment.milliseconds(since: now)
    return wait <= 0 ? 0 : Int((wait - 1) / 1000 + 1)
  }
}

/// Until when calls are held back because the platform asked for it. Pure; times are milliseconds of a clock that never runs back.
///
/// It is forgotten with the process: then the platform says it again.
struct CallHolds {
  private var until: [String?: Double] = [:]

  /// - Parameter name: the kind of call; nil for all.
  mutating func hold(_ name: String?, seconds: Int, at now: Double) {
    guard seconds > 0 else { return }
    let end = now + 1000 * Double(min(seconds, ServerHints.longest))
    until[name] = max(until[name] ?? end, end)
  }

  /// Milliseconds to wait before this kind of call.
  func wait(_ name: String, at now: Double) -> Double {
    max(0, max(until[name] ?? now, until[nil] ?? now) - now)
  }
}
