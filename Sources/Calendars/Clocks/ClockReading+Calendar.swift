extension ClockReading {
  /// The deadline lies in a year without a calendar: whether it is late is unknown too.
  public var isUnknown: Bool {
    if case .unknown = due { true } else { false }
  }

  /// The deadline, when a warning of it is shown, or when it counts as accepted without a word lies in a year without a calendar.
  public var lacksCalendar: Bool {
    isUnknown || findings.contains { $0.code == .warningUnknown || $0.code == .silenceUnknown }
  }
}
