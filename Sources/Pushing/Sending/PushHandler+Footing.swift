import Adapters
import Exchanges
import SQLDatabase
import Work

/// What must be so before a push is sent: nothing stands in its place, what it is about has a receipt, it says what is still to be said, and it has not been tried in vain for too long.
extension PushHandler {
  /// Whether nothing that repeats it, or that it repeats, is at the platform, or on its way there. If something is, a person has to look; no call is made.
  func isAlone(_ push: Push, _ lease: WorkLease) async throws -> Bool {
    let rival = try await pushes.database.read { try pushes.rival(of: push, in: $0) }
    guard let rival else { return true }
    var change = PushChange(.gaveUp)
    change.problem =
      switch rival {
      case .later(let repetition): Self.repeated(push, by: repetition)
      case .earlier(let earlier): Self.repeating(push, earlier)
      }
    try await settle(Result(change: change, step: .park), of: push, lease)
    return false
  }

  private static func repeated(_ push: Push, by repetition: PushID) -> ExchangeProblem {
    ExchangeProblem(
      code: "push-repeated", errorClass: .data,
      message: "push \(repetition) was handed in in its place, and its platform has that one or may get it",
      remedy: wayOut(of: push))
  }

  private static func wayOut(of push: Push) -> String {
    push.state == .unknown
      ? "find out what became of this one, and say so with 'push sign'"
      : "take this one back with 'push cancel'"
  }

  /// Whether it is still to be said. If not, a person has to look; no call is made.
  func isUpToDate(_ push: Push, _ lease: WorkLease) async throws -> Bool {
    let reason = try await pushes.database.read { try isOutdated(push, $0) }
    guard let reason else { return true }
    var change = PushChange(.gaveUp)
    change.problem = ExchangeProblem(
      code: "push-outdated", errorClass: .data, message: "it is not sent: \(reason)",
      remedy: Self.wayOut(of: push))
    try await settle(Result(change: change, step: .park), of: push, lease)
    return false
  }

  private static func repeating(_ push: Push, _ earlier: PushID) -> ExchangeProblem {
    ExchangeProblem(
      code: "push-repeated", errorClass: .data,
      message: "it is in the place of push \(earlier), which its platform has after all, or may have",
      remedy: push.state == .unknown
        ? "find out what became of this one, and say so with 'push sign'"
        : "take this one back with 'push cancel'; where 'push show \(earlier)' says that its platform does not have that one, let this one go with 'push retry'"
    )
  }

  /// Whether it can be sent. If not, it waits for the one that it is about, or stands still where that one ended without a receipt; no call is made, and none is counted.
  func hasFooting(_ push: Push, _ lease: WorkLease, _ route: PushRoute) async throws -> Bool {
    guard route.operation.needsReceipt else { return true }
    var owner: Push?
    if let about = push.about {
      owner = try await pushes.required(about)
      if let receipt = try await pushes.acknowledgement(of: about)?.receipt, !receipt.isEmpty { return true }
    }
    let problem = Self.noReceipt(of: owner)
    if let owner, !owner.state.isFinal {
      // Told once, not each minute.
      guard push.problemCode != problem.code else {
        try await end(lease, push, .snooze(seconds: Self.patience))
        return false
      }
      var change = PushChange(.notMade)
      change.problem = problem
      try await settle(Result(change: change, step: .snooze(seconds: Self.patience)), of: push, lease)
      return false
    }
    var change = PushChange(.gaveUp)
    change.problem = problem
    try await settle(Result(change: change, step: .park), of: push, lease)
    return false
  }

  /// Whether it is still to be tried. What comes to nothing time and again while others of its operation are taken is in its own way, and what does for days nobody sees
  /// to: a person has to look; no call is made.
  func mayBeTaken(_ push: Push, _ lease: WorkLease) async throws -> Bool {
    let isItself = push.passedOver >= policy.mostPassedOver
    guard isItself || push.inVain >= policy.mostUnheard else { return true }
    var change = PushChange(.gaveUp)
    change.problem = ExchangeProblem(
      code: "push-in-vain", errorClass: push.problemClass ?? .transient,
      message:
        "it has come to nothing \(push.inVain) times, at last with '\(push.problemCode ?? "no problem")'"
        + (isItself ? ", while the platform took others of its operation" : ""),
      remedy: (push.exchange.map { "see exchange \($0) for what is in its way; " } ?? "")
        + "let it go with 'push retry' when that is mended, or take it back with 'push cancel'")
    try await settle(Result(change: change, step: .park), of: push, lease)
    return false
  }

  /// Seconds until it is looked at again.
  private static let patience = 60.0

  private static func noReceipt(of owner: Push?) -> ExchangeProblem {
    guard let owner, !owner.state.isFinal else {
      let end = owner.map { "push \($0.id), which is \($0.state.rawValue) without a receipt" }
      return ExchangeProblem(
        code: "push-no-receipt", errorClass: .data,
        message: "it is about \(end ?? "no push"): the platform cannot be told what it is about",
        remedy: "take it back with 'push cancel', and hand it in about a push that has a receipt")
    }
    return ExchangeProblem(
      code: "push-waits-for-receipt", errorClass: .rate,
      message: "it goes by the receipt of push \(owner.id), which is \(owner.state.rawValue)",
      remedy: "nothing, or look after that push: this one is sent when it is accepted")
  }
}
