/// What somebody has to look at of an attempt, although it goes on.
public enum PermitDoubt: String, CaseIterable, Hashable, Sendable, Comparable {
  /// A platform told a moment that lies in the future, or before the attempt was handed in.
  case moment = "permit-moment-doubted"
  /// It is allowed, and nobody has told the number of the decision: there is no certificate of it.
  case unnumbered = "permit-decision-unnumbered"
  /// The window has an attempt that counts as not taken; another was made since, or a person had said that it was not to be filed.
  case takenAfterAll = "permit-taken-after-all"
  /// 容缺: the time for what is still to be brought is over, and the window has said nothing more.
  case deferralOver = "permit-deferral-over"
  /// A day that decides about one of its deadlines or warnings lies in a year without a calendar. Never kept: it goes when
  /// the calendar has the year.
  case calendarMissing = "permit-calendar-missing"

  public var message: String {
    switch self {
    case .moment: "the window told a moment that cannot be; what it told counts from when it was received"
    case .unnumbered:
      "it is allowed, and nobody has told the number of the decision: it is no certificate yet"
    case .takenAfterAll:
      "the window has taken it after all, though it counts as not taken: it may have another attempt too"
    case .deferralOver:
      "the time for what was still to be brought is over, and the window has said nothing more"
    case .calendarMissing:
      "a deadline or a warning of it is unknown: no calendar has the working days of the year in which it lies"
    }
  }

  public var remedy: String {
    switch self {
    case .moment:
      "look at 'said' beside the entry, and at the window's clock; enter the right moment with --retracts where it matters"
    case .unnumbered:
      "ask the window for it; enter it with --retracts and --decision unless it tells it itself"
    case .takenAfterAll:
      "ask the window and have one withdrawn there; enter of this attempt what happened: submitted in place of the entry that it was not taken, and what became of it"
    case .deferralOver: "bring it with 'permit supplement', or ask the window; enter what it has decided"
    case .calendarMissing:
      "add the year, as it was published, to the site's calendar file, and start the gateway anew"
    }
  }

  public static func < (left: PermitDoubt, right: PermitDoubt) -> Bool { left.rawValue < right.rawValue }

  /// As a row has them.
  static func read(_ text: String) -> Set<PermitDoubt>? {
    let words = text.split(separator: " ")
    let doubts = words.compactMap { PermitDoubt(rawValue: String($0)) }
    return doubts.count == words.count ? Set(doubts) : nil
  }

  /// `nil` where there are none.
  static func text(_ doubts: Set<PermitDoubt>) -> String? {
    doubts.isEmpty ? nil : doubts.sorted().map(\.rawValue).joined(separator: " ")
  }
}
