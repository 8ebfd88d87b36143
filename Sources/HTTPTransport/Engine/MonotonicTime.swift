import Glibc

/// Nanoseconds of the monotonic clock. Plain integers, because they are compared for every call in progress.
struct MonotonicTime: Comparable, Sendable {
  let nanoseconds: Int64

  static var now: MonotonicTime {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Unix time in milliseconds.
  static var wallMilliseconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  func advanced(by duration: Duration) -> MonotonicTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return MonotonicTime(nanoseconds: overflow ? .max : sum)
  }

  func duration(since earlier: MonotonicTime) -> Duration {
    .nanoseconds(nanoseconds - earlier.nanoseconds)
  }

  static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
  /// Saturating: a duration of centuries means "no limit".
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds < 4_000_000_000 else { return .max }
    guard seconds > -4_000_000_000 else { return .min }
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
