import Applications
import Calendars
import CivilTime
import Exchanges
import Policies
import Pushing
import SQLDatabase
import Work

extension PermitHandler {
  /// Hands an item in whose turn it is. The push and the fact that the item has it are one transaction.
  ///
  /// - Returns: seconds until it is worth another look.
  func handIn(
    _ item: PermitItemView, in view: PermitCaseView, _ counting: [PermitItemView], by window: PermitRoutes?
  ) async throws -> Double {
    let attempt = item.attempt
    // What was handed in on paper goes on by what is entered.
    guard let way = attempt.way, attempt.state == .planned else { return Self.day }
    for other in counting where attempt.after.contains(other.attempt.item) {
      // What comes of the other wakes this case.
      guard other.attempt.state?.isPermitted == true else { return Self.day }
    }
    guard !attempt.isHeld else {
      throw PermitError(
        .held,
        "the database was restored from a copy: \(attempt.item.rawValue) may have been handed in since that was made",
        remedy: "ask the window; then enter what happened, or have it handed in with '\(attempt.release)'")
    }
    guard let route = window?.route(attempt.item, way) else {
      throw PermitError(
        .noRule,
        "no platform of the site takes \(attempt.item.rawValue) for the region \(view.permitCase.region)",
        remedy: "configure the region's window, or hand it in on paper and enter what happens")
    }
    let before = try await permits.database.read { try repetition(attempt, at: route.platform, $0) }
    var request = try await permits.request(
      for: attempt, way, in: view.permitCase, follows: before.follows, instead: before.instead,
      occasion: before.occasion)
    request.due = item.ownDue
    request.priority = PermitUrgency.priority(due: item.ownDue)
    let prepared = try pushes.prepare(request, by: route)
    let time = now()
    try await permits.database.write { transaction in
      let current = try permits.load(attempt.id, transaction)
      guard current.push == nil, current.state == .planned else { return }
      // What became of those before it may have changed just now: then the next look hands it in.
      guard try repetition(current, at: route.platform, transaction) == before else { return }
      let ticket = try pushes.submit(prepared, in: transaction, now: time)
      try permits.attach(ticket.duplicateOf ?? ticket.id, to: attempt.id, in: transaction, now: time)
    }
    return polling.first
  }

  private struct Repetition: Equatable {
    var follows: PushID?
    var instead: PushID?
    var occasion: String
  }

  /// How the attempt is told from those before it. What the window did not take is repeated on purpose; what it took and
  /// then declined is over there, and a new application is no repetition of the push. Nor is one of what another platform did not take; but it is in the place
  /// of what no window took, and does not go beside that.
  ///
  /// - Throws: `PermitError` `notNow` where the window has any of them still, or may have.
  private func repetition(
    _ attempt: PermitItemAttempt, at platform: String, _ reader: Reader
  ) throws -> Repetition {
    var follows: PushID?
    var instead: PushID?
    var first = attempt.attempt
    var isRepetition = true
    for before in try permits.attempts(before: attempt, reader) {
      let isKnownAsTaken = try permits.events(of: before.id, reader).tellTaken
      let push = try before.push.flatMap { try pushes.push(PushID($0), in: reader) }
      if let push, !push.state.isFinal {
        throw PermitError(
          .notNow,
          "push \(push.id) of attempt \(before.attempt) is \(push.state.rawValue): the window may have it",
          remedy: "find out, and say so with 'push sign'; this attempt goes on then")
      }
      let isTaken = push?.state == .accepted
      // That the window has declined it says only what came after it had taken it.
      if isTaken, !isKnownAsTaken, let push { throw Self.alive(before, push) }
      guard let state = before.state, !state.isUnderWay, !state.isPermitted else {
        throw Self.atWindow(before)
      }
      guard let push else { continue }
      if !isTaken, instead == nil { instead = push.id }
      guard push.platform == platform else { continue }
      if isTaken { isRepetition = false }
      guard isRepetition else { continue }
      if follows == nil { follows = push.id }
      first = before.attempt
    }
    return Repetition(
      follows: follows, instead: instead, occasion: first == 1 ? "" : "attempt \(first)")
  }

  private static func atWindow(_ attempt: PermitItemAttempt) -> PermitError {
    PermitError(
      .notNow,
      "attempt \(attempt.attempt) at \(attempt.item.rawValue) is \(attempt.state?.rawValue ?? "not handed in"): nothing is filed beside it",
      remedy: "withdraw this attempt; or have the other one withdrawn, and this one goes on when it is")
  }

  private static func alive(_ attempt: PermitItemAttempt, _ push: Push) -> PermitError {
    PermitError(
      .notNow,
      "the window has attempt \(attempt.attempt) at \(attempt.item.rawValue): it has taken push \(push.id) after all",
      remedy:
        "withdraw this attempt, and the other one counts; or have that one withdrawn at the window, and enter of it what happened: submitted in place of the entry that it was not taken, then withdrawn"
    )
  }

  /// What became of the pushes of an item: the one that handed it in, and those about it.
  func enterOutcomes(of item: PermitItemView, in view: PermitCaseView) async throws {
    try await enterOutcome(of: item, in: view)
    for (id, purpose) in try await permits.followed(of: item.attempt.id) {
      guard let push = try await pushes.push(id), push.state.isFinal else { continue }
      let event: PermitEvent = purpose == .supplement ? .supplementReceived : .withdrawn
      let reached = try await pushes.reached(push)
      let entry = PermitEntry(
        event, happened: reached.civil(offsetSeconds: UTCOffset.china), source: .platform,
        reference: "push \(push.id)")
      // The window may have told already that it has it.
      let isNews =
        purpose == .withdraw || item.attempt.state == .approvedDeferred
        || PermitProgress(item.events.known()).isAskedForMaterial
      let entries = push.state == .accepted && isNews ? [entry] : []
      let hasTaken = push.state == .accepted
      try await enter(entries, of: item, in: view) { transaction in
        try permits.endFollowing(id, in: transaction)
        guard hasTaken else { return }
        try permits.noteTaken(at: reached, of: item.attempt.id, in: transaction)
        try permits.forgetRefusal(of: item.attempt.id, in: transaction)
      }
      if !hasTaken { try await note(Self.notTaken(push, purpose), of: item, in: view) }
    }
  }

  /// Nothing that was handed in is forgotten because the window did not take it, for it had gone on meanwhile, say.
  private static func notTaken(_ push: Push, _ purpose: PermitPurpose) -> WorkProblem {
    let remedy =
      purpose == .supplement
      ? "look why with 'push show'; the files are kept with the case: send them again while the window waits"
      : "look why with 'push show'; the window may have decided meanwhile"
    return WorkProblem(
      code: PermitErrorCode.notTaken.rawValue, errorClass: .data,
      message: "the \(purpose.rawValue) of push \(push.id) is \(push.state.rawValue)", remedy: remedy)
  }

  private func enterOutcome(of item: PermitItemView, in view: PermitCaseView) async throws {
    let isPlanned = item.attempt.state == .planned
    // Whoever counts as not having it may tell later that it has.
    guard let number = item.attempt.push,
      isPlanned || item.state?.hasFailed == true && !item.events.tellTaken,
      let push = try await pushes.push(PushID(number)),
      isPlanned ? push.state.isFinal : push.state == .accepted
    else { return }
    let time = now()
    let outcome = try await permits.database.write { transaction in
      try permits.enterOutcome(of: item.attempt.id, by: pushes, in: transaction, now: time)
    }
    switch outcome {
    case .entered(let entry, let result)?: tell(entry, result, of: item, in: view)
    case .takenAfterAll?: try await doubt(.takenAfterAll, of: item, in: view)
    case nil: break
    }
  }
}
