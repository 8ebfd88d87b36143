public import Adapters
public import Exchanges

/// The life of a push, pure: which event may happen in which state, and what it leads to.
///
/// One rule stands above all: whatever may have reached the platform is not sent again unless the platform itself tells repetitions apart
/// (``Idempotency/Class/nativeKey``), says that it does not have it, or a person signs that it does not.
public struct PushMachine: Hashable, Sendable {
  public private(set) var state: PushState
  /// An earlier request may have had its effect, whatever later ones met.
  public private(set) var isDoubtful: Bool
  public let idempotency: Idempotency.Class

  public init(_ state: PushState = .queued, isDoubtful: Bool = false, idempotency: Idempotency.Class) {
    self.state = state
    self.isDoubtful = isDoubtful
    self.idempotency = idempotency
  }

  /// The state that `event` leads to; nil when it cannot happen now.
  public func state(after event: PushEvent) -> PushState? {
    switch (state, event) {
    // What it means there, only the program knows that wrote it.
    case (.unrecognized, _): nil
    case (.queued, .begun): .sending
    // The same key again is the platform's own way to be asked.
    case (.unknown, .begun): idempotency == .nativeKey ? .sending : nil
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
    case (.unknown, .absent): idempotency == .neither ? nil : .queued
    case (.unknown, .signedHappened): .accepted
    case (.unknown, .signedAbsent): .queued
    case (.parked, .released): .queued
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
    state = next
  }
}
