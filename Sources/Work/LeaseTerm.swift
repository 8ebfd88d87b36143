import CivilTime

/// How long a lease lasts, by a clock that may be set. Pure.
struct LeaseTerm: Hashable {
  enum Standing: Hashable {
    case held
    /// Anybody may take the item over.
    case ended
    /// It ends later than a lease given now would: the clock was set back since. Whoever sees that cuts it.
    case tooLong
  }

  let until: Timestamp
  /// In milliseconds.
  let length: Int64

  init(until: Timestamp, length: Int64) {
    self.until = until
    self.length = length
  }

  init(from now: Timestamp, lasting duration: Duration) {
    until = now.advanced(by: duration)
    length = until.milliseconds(since: now)
  }

  var start: Timestamp { until.advanced(byMilliseconds: -length) }

  func standing(at now: Timestamp) -> Standing {
    if until <= now { return .ended }
    return until.milliseconds(since: now) > length ? .tooLong : .held
  }

  /// What is left of one that is too long.
  func cut(at now: Timestamp) -> LeaseTerm {
    LeaseTerm(until: min(until, now.advanced(byMilliseconds: length)), length: length)
  }

  /// When somebody has to look at it.
  func due(at now: Timestamp) -> Timestamp { standing(at: now) == .tooLong ? now : until }
}
