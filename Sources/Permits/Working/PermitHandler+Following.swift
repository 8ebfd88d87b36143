import SQLDatabase
import Calendars
import Adapters
import Applications
import CivilTime
import Exchanges
import Pushing
import Work

/// What a window has decided is not over for it: it may call a permit back, object to a filing, or wait for what is still to be brought. It is
/// asked once a day for as long as its manifest says.
extension PermitHandler {
  /// `nil` where nothing is to be followed any more.
  func followedUntil(
    _ item: PermitItemView, in view: PermitCaseView, by window: PermitRoutes?
  ) -> Timestamp? {
    guard view.permitCase.erased == nil, let state = item.state, let event = Self.decision(state),
      let decided = item.events.known().last(where: { one in
        // A filing of which something was missing lies there since that has come.
        one.name == event.rawValue || state == .filed && one.name == PermitEvent.supplementReceived.rawValue
      })
    else { return nil }
    let isDeferred = state == .approvedDeferred
    guard isDeferred || isGone(item, window) || isTold(item, by: window) else { return nil }
    let follow = window?.follow ?? PermitFollow()
    let end = decided.learned.advanced(bySeconds: follow.seconds(event) ?? 0)
    // That the time is over is said once.
    return now() < end || isDeferred && !item.attempt.doubts.contains(.deferralOver) ? end : nil
  }

  func follow(
    _ item: PermitItemView, until end: Timestamp, in view: PermitCaseView, by window: PermitRoutes?
  ) async throws -> Look {
    let rest = Double(end.milliseconds(since: now())) / 1000
    guard rest > 0 else {
      try await doubt(.deferralOver, of: item, in: view)
      return Look(after: Self.day)
    }
    // Said until somebody can be asked again.
    guard isGone(item, window) || isTold(item, by: window) else { return Look(after: rest) }
    var look = try await ask(item, in: view, by: window, atLeast: Self.day)
    look.wait = min(look.wait, rest)
    return look
  }

  /// Whether the platform that has the item is no window of the site any more.
  private func isGone(_ item: PermitItemView, _ window: PermitRoutes?) -> Bool {
    window == nil && item.attempt.push != nil
  }

  /// Whether asking the window tells anything about the item.
  private func isTold(_ item: PermitItemView, by window: PermitRoutes?) -> Bool {
    guard let window, window.progress != nil, item.attempt.push != nil else { return false }
    return !window.untold.contains(item.attempt.item)
  }

  private static func decision(_ state: PermitState) -> PermitEvent? {
    switch state {
    case .filed: .filed
    case .approved: .approved
    case .approvedDeferred: .approvedDeferred
    default: nil
    }
  }

  func doubt(_ doubt: PermitDoubt, of item: PermitItemView, in view: PermitCaseView) async throws {
    let time = now()
    let isNew = try await permits.database.write { transaction in
      try permits.note(doubt, of: item.attempt.id, in: transaction, now: time)
    }
    guard isNew else { return }
    trouble(
      Trouble(
        permitCase: view.permitCase.id, item: item.attempt.item,
        problem: WorkProblem(
          code: doubt.rawValue, errorClass: .data, message: doubt.message, remedy: doubt.remedy)))
  }
}
