import CivilTime

/// Who waits for a call of the reserve that is given back. Pure.
///
/// Each is told the moment of its rank by what is due, and no moment is booked: whoever is told one may not need it when it comes, and whoever is more urgent may
/// come later. Of those who wait only as many are kept as calls are given back within ``longest``, the most urgent.
struct GivenBack {
  /// Nobody is kept away for longer than this by others who wait, in seconds.
  static let longest = 3600
  /// Whoever comes later and is more urgent has a call at the moment at which it is given back; who was told that moment while others were before it comes so many
  /// seconds behind.
  private static let behind = 10

  private struct Waiting {
    let call: String
    let due: Timestamp
    /// How many had come before it.
    let turn: Int
    let until: Timestamp
  }

  /// The most urgent first.
  private var waiting: [String?: [Waiting]] = [:]
  /// How many were told to wait.
  private var told = 0

  /// Seconds until it is worth another try, at midnight at the latest.
  ///
  /// - Parameters:
  ///   - operation: whose day is short; nil: the platform's.
  ///   - call: what it is about.
  ///   - due: when that must be there; nil: it may wait for all others.
  mutating func wait(
    for operation: String?, about call: String, due: Timestamp?, _ reserve: CallReserve, at now: Timestamp
  ) -> Int {
    let (midnight, first) = (CallReserve.secondsLeft(at: now), reserve.secondsUntilLess(at: now))
    // A clock may have been set back since somebody was told.
    let farthest = now.advanced(bySeconds: first + Self.longest)
    let before = waiting[operation, default: []]
    var others = before.filter { $0.until > now && $0.until <= farthest && $0.call != call }
    defer { waiting[operation] = others }
    told += 1
    let due = due ?? Timestamp(milliseconds: .max)
    let turn = before.first { $0.call == call }?.turn ?? told
    let rank = others.firstIndex { (due, turn) < ($0.due, $0.turn) } ?? others.count
    let last = (Self.longest - Self.behind) / reserve.step
    guard rank <= last else {
      // Not all at one moment: the factor has no divisor in common with the half hour.
      let half = Self.longest / 2
      return min(first + half + told % half * 1_097 % half, midnight)
    }
    let seconds = min(first + rank * reserve.step + (rank > 0 ? Self.behind : 0), midnight)
    others.insert(
      Waiting(call: call, due: due, turn: turn, until: now.advanced(bySeconds: seconds)), at: rank)
    others.removeLast(max(0, others.count - last - 1))
    return seconds
  }
}
