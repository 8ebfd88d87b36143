public import CivilTime

/// When something happened that a platform tells of. Its clock may be wrong, and what it says may be too: nothing happened
/// after it was told, nor before the platform had what it is about. Pure.
public struct PermitMoment: Hashable, Sendable {
  /// What counts, by the clock of China.
  public let happened: CivilDateTime
  /// What the platform said, where that cannot be.
  public let said: CivilDateTime?
  /// It is one of a day of which no more was told: midnight stands for the whole day.
  public let isDay: Bool

  /// Seconds that two clocks may differ.
  public static let allowance = 300

  /// - Parameters:
  ///   - said: what the platform says; `nil` where it says nothing.
  ///   - received: when it was heard.
  ///   - handedIn: when what it is about was given on its way to the platform.
  public init(said: CivilDateTime?, received: CivilDateTime, handedIn: CivilDateTime?) {
    guard let said else {
      (happened, self.said, isDay) = (received, nil, false)
      return
    }
    let isMidnight = said.secondOfDay == 0
    if said > received {
      isDay = false
      happened = received
      self.said = said > received.advanced(bySeconds: Self.allowance) ? said : nil
    } else if let handedIn, said < handedIn {
      happened = min(handedIn, received)
      isDay = isMidnight && said.date == handedIn.date
      self.said = isDay || said >= handedIn.advanced(bySeconds: -Self.allowance) ? nil : said
    } else {
      (happened, self.said, isDay) = (said, nil, isMidnight)
    }
  }
}
