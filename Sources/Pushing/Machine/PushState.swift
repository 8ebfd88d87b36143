/// Where a push stands.
public enum PushState: String, CaseIterable, Sendable {
  /// Waits for its turn, or for its next try. Nothing of it is at the platform, as far as anybody can know.
  case queued
  /// Its request is in the journal and may be on its way.
  case sending
  /// Bytes have left and no believable answer came: it may have happened or not. Locked until the platform or a person answers.
  case unknown
  /// The platform has it.
  case accepted
  /// The platform understood it and declined.
  case refused
  /// It will not be tried again by itself: a person has to look.
  case parked
  /// Taken back before it was sent.
  case cancelled
  /// A newer program wrote it: this one shows it and leaves it alone. Never stored.
  case unrecognized

  /// Those that are stored.
  public static let stored = allCases.filter { $0 != .unrecognized }

  /// Nothing more is done about it.
  public var isFinal: Bool {
    switch self {
    case .accepted, .refused, .cancelled: true
    case .queued, .sending, .unknown, .parked, .unrecognized: false
    }
  }
}

/// What happens to a push.
public enum PushEvent: String, CaseIterable, Sendable {
  /// Its request is durable; the next byte may leave.
  case begun
  /// The platform took it, now or at an earlier try.
  case accepted
  /// The platform declined it; nothing happened there.
  case refused
  /// Certainly nothing happened: it may be tried again.
  case notMade = "not-made"
  /// Certainly nothing happened, and trying again by itself is in vain.
  case gaveUp = "gave-up"
  /// Bytes left, and no believable answer came.
  case lost
  /// The probe knows it.
  case found
  /// The probe says that the platform does not have it.
  case absent
  /// An answer that came in after somebody else had taken the push over.
  case late
  /// A process that was held up had sent it too, and no believable answer came to that.
  case lateLost = "late-lost"
  /// A person signs that the platform has it.
  case signedHappened = "signed-happened"
  /// A person signs that the platform does not have it.
  case signedAbsent = "signed-absent"
  /// The database is an older copy: it may have been sent since.
  case restored
  /// What was already accepted may have happened once more: a process that was held up had sent it too.
  case secondEffect = "second-effect-possible"
  /// A person has it tried again; of an unknown one: has the platform asked again.
  case released
  /// A person takes it back.
  case cancelled
  /// What was handed in was destroyed; that it was handed in stays.
  case erased
}
