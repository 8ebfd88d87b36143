public import Adapters
public import Exchanges

/// The life of a push, pure: which event may happen in which state, and what it leads to.
///
/// One rule stands above all: whatever may have reached the platform is not sent again unless the platform itself tells repetitions apart
/// (``Idempotency/Class/nativeKey``), says that it does not have it, or a person signs that it does not. And what was refused, taken back or set aside is
/// sent only when a person wants it.
public struct PushMachine: Hashable, Sendable {
  public private(set) var state: PushState
  /// An earlier request may have had its effect, whatever later ones met.
  public private(set) var isDoubtful: Bool
  /// Where an `unknown` push goes back to when the platform does not have it: what had been refused, taken back or set aside before the doubt
  /// arose, or stands in an older copy, is not sent again by itself. nil: it waits to be sent.
  public private(set) var returnsTo: PushState?
  /// The database is an older copy: what stands in it may have been handed in again since, as a push of which nobody here knows. Neither a plan nor a
  /// person's `follows` repeats it before somebody has found out.
  public private(set) var mayHaveBeenRepeated: Bool
  public let idempotency: Idempotency.Class

  public init(
    _ state: PushState = .queued, isDoubtful: Bool = false, returnsTo: PushState? = nil,
    mayHaveBeenRepeated: Bool = false, idempotency: Idempotency.Class
  ) {
    self.state = state
    self.isDoubtful = isDoubtful
    self.returnsTo = returnsTo
    self.mayHaveBeenRepeated = mayHaveBeenRepeated
    self.idempotency = idempotency
  }

  /// The state that `event` leads to; nil when it cannot happen now.
  public func state(after event: PushEvent) -> PushState? {
    switch (state, event) {
    // What it means there, only the program knows that wrote it.
    case (.unrecognized, _): nil
    case (.queued, .begun): .sending
    // The same key again is the platform's own way to be asked; but what is not to be sent is not sent to learn what became of it.
    case (.unknown, .begun): idempotency == .nativeKey && returnsTo == nil ? .sending : nil
    case (.sending, .accepted): .accepted
    case (.sending, .lost): .unknown
    // What a later request met says nothing about an earlier one.
    case (.sending, .refused): isDoubtful ? .unknown : .refused
    case (.sending, .notMade): isDoubtful ? .unknown : .queued
    case (.sending, .gaveUp): isDoubtful ? .unknown : .parked
    // A call that was kept from being made.
    case (.queued, .notMade): .queued
    case (.queued, .gaveUp): .parked
    case (.unknown, .notMade), (.unknown, .gaveUp): .unknown
    case (.unknown, .found): idempotency == .neither ? nil : .accepted
    case (.unknown, .absent): idempotency == .neither ? nil : returnsTo ?? .queued
    case (.unknown, .signedHappened): .accepted
    case (.unknown, .signedAbsent): returnsTo ?? .queued
    // What is not at the platform, neither by itself nor by what repeated it, may be repeated.
    case (.refused, .signedAbsent), (.cancelled, .signedAbsent), (.parked, .signedAbsent),
      (.accepted, .signedAbsent):
      mayHaveBeenRepeated ? state : nil
    case (.refused, .signedHappened), (.cancelled, .signedHappened), (.parked, .signedHappened):
      mayHaveBeenRepeated ? .accepted : nil
    case (.parked, .released): .queued
    // What can be asked about, or sent under the same key, is: with all its questions.
    case (.unknown, .released): idempotency == .neither ? nil : .unknown
    case (.queued, .cancelled), (.parked, .cancelled): .cancelled
    case (.queued, .restored), (.sending, .restored), (.parked, .restored): .unknown
    case (.accepted, .secondEffect): .accepted
    // What may still be sent is needed.
    case (_, .erased): state.isFinal ? state : nil
    // The platform's word counts whoever brings it, and whatever it had said of another request. What is accepted gets its receipt.
    case (_, .late): .accepted
    // The request that is under way has its own answer to come.
    case (.sending, .lateLost): .sending
    case (.queued, .lateLost), (.unknown, .lateLost), (.refused, .lateLost), (.parked, .lateLost),
      (.cancelled, .lateLost):
      .unknown
    default: nil
    }
  }

  public mutating func apply(_ event: PushEvent) throws(PushError) {
    guard let next = state(after: event) else {
      throw PushError(
        .notNow, "a push that is \(state.rawValue) cannot become \(event.rawValue)",
        remedy: "look at it with 'push show'; it may have moved on meanwhile")
    }
    switch event {
    case .lost, .lateLost, .restored: isDoubtful = true
    case .absent, .signedAbsent, .accepted, .found, .late, .signedHappened: isDoubtful = false
    default: break
    }
    switch event {
    case .accepted, .found, .late, .signedHappened, .signedAbsent: mayHaveBeenRepeated = false
    // Of what is unknown only the platform is asked, and that knows nothing of what repeated it.
    case .released where state == .parked: mayHaveBeenRepeated = false
    default: break
    }
    switch (state, next) {
    case (.refused, .unknown), (.cancelled, .unknown), (.parked, .unknown): returnsTo = state
    // It may have ended since, and have been handed in again under another key: what the platform says of this one lets nothing go.
    case (_, .unknown) where event == .restored: returnsTo = .parked
    case (_, .unknown): break
    default: returnsTo = nil
    }
    state = next
  }
}
