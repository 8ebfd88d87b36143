extension ClockReading {
  /// The deadline lies in a year without a calendar: whether it is late is unknown too.
  public var isUnknown: Bool {
    if case .unknown = due { true } else { false }
  }

  /// The deadline, or when a warning of it is shown, lies in a year without a calendar.
  public var lacksCalendar: Bool {
    isUnknown || findings.contains { $0.code == .warningUnknown }
  }
}
