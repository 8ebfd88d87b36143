import CivilTime
import Pushing
import Replay
import SQLDatabase
public import Telemetry
import Work

/// How much is waiting to be done, and how what was handed in stands.
public struct WorkMetrics: MetricsSource {
  private let gateway: Gateway

  public init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  public func write(to metrics: inout MetricsText) async throws {
    let queue = try await gateway.work.openCounts()
    let oldest = try await gateway.work.oldestDue()
    let pushes = try await gateway.pushes.counts()
    let replays = try await gateway.replays.counts()
    metrics.family(
      "zhengdian_work_items", .gauge, "Items of the work queue that have not ended, by kind and state.")
    for kind in WorkKind.allCases {
      for state in WorkState.allCases where state != .done && state != .cancelled {
        let count = queue.filter { $0.kind == kind && $0.state == state }.reduce(0) { $0 + $1.count }
        metrics.sample("zhengdian_work_items", count, ["kind": kind.rawValue, "state": state.rawValue])
      }
    }
    metrics.family(
      "zhengdian_work_oldest_due_seconds", .gauge,
      "How long the oldest item that could be done has been waiting for it, by kind; 0: none is late.")
    let now = Timestamp.now()
    for kind in WorkKind.allCases {
      let late = oldest[kind].map { max(0, Double(now.milliseconds(since: $0)) / 1000) } ?? 0
      metrics.sample("zhengdian_work_oldest_due_seconds", late, ["kind": kind.rawValue])
    }
    metrics.family("zhengdian_pushes_total", .counter, "Pushes taken in since the beginning.")
    metrics.sample("zhengdian_pushes_total", pushes.total)
    metrics.family(
      "zhengdian_pushes", .gauge, "Pushes that no platform has accepted and nobody took back, by state.")
    for state in PushState.allCases where state != .accepted && state != .cancelled {
      metrics.sample("zhengdian_pushes", pushes.open[state] ?? 0, ["state": state.rawValue])
    }
    metrics.family("zhengdian_replays", .gauge, "Replays, by state.")
    for state in ReplayState.allCases {
      metrics.sample("zhengdian_replays", replays[state] ?? 0, ["state": state.rawValue])
    }
  }
}
