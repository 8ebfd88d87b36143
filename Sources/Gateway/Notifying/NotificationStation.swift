import Changes
import Notifications
public import Telemetry
import Work

/// Everything that tells receivers of changes.
public struct NotificationStation: Sendable {
  private let gateway: Gateway

  public init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  var handler: NotificationHandler {
    let log = gateway.log
    return NotificationHandler(
      subscriptions: gateway.subscriptions, http: gateway.receivers,
      report: { event in log.told(event) })
  }
}

extension NotificationStation: MetricsSource {
  public func write(to metrics: inout MetricsText) async throws {
    let found = try await gateway.subscriptions.list()
    metrics.family("zhengdian_subscriptions", .gauge, "Subscriptions to changes, by state.")
    for state in Subscription.State.allCases {
      metrics.sample(
        "zhengdian_subscriptions", found.count { $0.state == state }, ["state": state.rawValue])
    }
    metrics.family("zhengdian_change_sequence", .gauge, "The number of the last change of the feed.")
    metrics.sample("zhengdian_change_sequence", Int(try await gateway.changes.end()))
  }
}

extension Log {
  fileprivate func told(_ event: NotificationHandler.Event) {
    switch event {
    // Each try is told by the subscription itself; a line an hour says nothing new.
    case .failed: break
    case .skipped(let id, let change, let problem):
      self(
        .warning, "notification left out",
        [
          "subscription": .integer(Int(id.rawValue)), "change": .integer(Int(change)),
          "code": .text(problem.code), "problem": .text(problem.message), "remedy": .text(problem.remedy),
        ])
    case .paused(let id, let problem):
      self(
        .error, "subscription paused",
        [
          "subscription": .integer(Int(id.rawValue)), "code": .text(problem.code),
          "problem": .text(problem.message),
          "remedy": .text("\(problem.remedy); then 'zhengdian subscription resume \(id)'"),
        ])
    }
  }
}
