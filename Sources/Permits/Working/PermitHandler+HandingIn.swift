import Applications
import CivilTime
import Policies
import Pushing
import SQLDatabase

extension PermitHandler {
  /// Hands an item in whose turn it is. The push and the fact that the item has it are one transaction.
  ///
  /// - Returns: seconds until it is worth another look.
  func handIn(
    _ item: PermitItemView, in view: PermitCaseView, _ latest: [PermitItemView], by window: PermitRoutes?
  ) async throws -> Double {
    let attempt = item.attempt
    guard let way = attempt.way else { return 86_400 }
    for other in latest where attempt.after.contains(other.attempt.item) {
      // What comes of the other wakes this case.
      guard other.attempt.state?.isPermitted == true else { return 86_400 }
    }
    guard let route = window?.items[attempt.item] else {
      throw PermitError(
        .noRule,
        "no platform of the site takes \(attempt.item.rawValue) for the region \(view.permitCase.region)",
        remedy: "configure the region's window, or hand it in on paper and enter what happens")
    }
    let request = try await permits.request(
      for: attempt, way, in: view.permitCase, follows: try await previous(attempt, view))
    let prepared = try pushes.prepare(request, by: route)
    let time = now()
    try await permits.database.write { transaction in
      let current = try permits.load(attempt.id, transaction)
      guard current.push == nil, current.state == .planned else { return }
      let ticket = try pushes.submit(prepared, in: transaction, now: time)
      try permits.attach(ticket.duplicateOf ?? ticket.id, to: attempt.id, in: transaction, now: time)
    }
    return polling.first
  }

  /// The push of the attempt that this one follows: it is repeated on purpose.
  private func previous(_ attempt: PermitItemAttempt, _ view: PermitCaseView) async throws -> PushID? {
    guard let before = view.items.first(where: { $0.attempt.id == attempt.follows })?.attempt.push,
      let push = try await pushes.push(PushID(before))
    else { return nil }
    // What the window took and then declined is over there; a new application is no repetition of the push.
    return push.state == .refused || push.state == .cancelled ? push.id : nil
  }

  /// What became of the pushes of an item: the one that handed it in, and those about it.
  func enterOutcomes(of item: PermitItemView, in view: PermitCaseView) async throws {
    try await enterOutcome(of: item, in: view)
    for (id, purpose) in try await permits.followed(of: item.attempt.id) {
      guard let push = try await pushes.push(id), push.state.isFinal else { continue }
      let event: PermitEvent = purpose == .supplement ? .supplementReceived : .withdrawn
      let entry = PermitEntry(
        event, happened: push.changed.civil(offsetSeconds: UTCOffset.china), source: .platform,
        reference: "push \(push.id)")
      try await enter(push.state == .accepted ? [entry] : [], of: item, in: view) { transaction in
        try permits.endFollowing(id, in: transaction)
      }
    }
  }

  private func enterOutcome(of item: PermitItemView, in view: PermitCaseView) async throws {
    guard item.attempt.state == .planned, let number = item.attempt.push, let way = item.attempt.way,
      let push = try await pushes.push(PushID(number))
    else { return }
    let event: PermitEvent?
    switch push.state {
    case .accepted: event = way.isDecided ? .submitted : .filed
    case .refused: event = .notAccepted
    case .cancelled: event = .withdrawn
    // Nothing is known of it, or it waits for a person: 'push list' shows it.
    case .queued, .sending, .unknown, .parked, .unrecognized: event = nil
    }
    guard let event else { return }
    let entry = PermitEntry(
      event, happened: push.changed.civil(offsetSeconds: UTCOffset.china), source: .platform,
      reference: "push \(push.id)")
    try await enter([entry], of: item, in: view)
  }
}
