public import CivilTime

/// How an operation is pulled piece by piece along the time of change.
public struct Incremental: Hashable, Sendable {
  /// Where the first window begins.
  public var start: Timestamp
  /// Seconds before the watermark that are pulled again, for records the platform enters late.
  public var lookBack: Int
  /// Seconds before now that are left alone, for platforms whose newest minute is still moving.
  public var settle: Int
  /// Seconds a window may span.
  public var longest: Int
  /// How `window.from` and `window.to` are written.
  public var form: TimeForm

  public init(start: Timestamp, lookBack: Int, settle: Int, longest: Int, form: TimeForm) {
    self.start = start
    self.lookBack = lookBack
    self.settle = settle
    self.longest = longest
    self.form = form
  }
}

/// The span of changes one pull covers: `from` inclusive, `to` exclusive by our reckoning. Many platforms count both ends in; the
/// registry takes the second sight of a record for what it is.
public struct PullWindow: Hashable, Sendable {
  public var from: Timestamp
  public var to: Timestamp

  public init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }

  /// The window after `watermark`, or nil when everything up to now is covered.
  ///
  /// The watermark is the end of the last complete window, nil before the first. A clock set back gives nil, never a window that
  /// runs backwards.
  public static func next(after watermark: Timestamp?, now: Timestamp, _ incremental: Incremental)
    -> PullWindow?
  {
    let end = now.advanced(bySeconds: -incremental.settle)
    guard let watermark else {
      guard incremental.start < end else { return nil }
      return PullWindow(
        from: incremental.start, to: min(end, incremental.start.advanced(bySeconds: incremental.longest)))
    }
    guard watermark < end else { return nil }
    // The look-back comes on top of the longest span, so that a window always moves the watermark forward.
    return PullWindow(
      from: max(incremental.start, watermark.advanced(bySeconds: -incremental.lookBack)),
      to: min(end, watermark.advanced(bySeconds: incremental.longest)))
  }
}
