import Synchronization
import Telemetry

/// Counts what was asked and how long it took, by route and status.
final class RequestMetrics: Sendable {
  private struct Key: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  private struct State {
    var counts: [Key: Int] = [:]
    var durations: [String: Histogram] = [:]
    var auditFailures = 0
  }

  private let state = Mutex(State())

  /// - Parameter route: the pattern, never the address.
  func observe(method: String, route: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.counts[Key(method: method, route: route, status: status), default: 0] += 1
      state.durations[route, default: Histogram()].observe(seconds)
    }
  }

  /// What took no time worth telling.
  func count(method: String, route: String, status: Int) {
    state.withLock { $0.counts[Key(method: method, route: route, status: status), default: 0] += 1 }
  }

  func countAuditFailure() { state.withLock { $0.auditFailures += 1 } }

  func write(to metrics: inout MetricsText) {
    let state = state.withLock { $0 }
    metrics.family("zhengdian_http_requests_total", .counter, "Requests answered, by route and status.")
    let counts = state.counts.sorted { left, right in
      (left.key.route, left.key.method, left.key.status) < (
        right.key.route, right.key.method, right.key.status
      )
    }
    for (key, count) in counts {
      metrics.sample(
        "zhengdian_http_requests_total", count,
        ["method": key.method, "route": key.route, "status": String(key.status)])
    }
    metrics.family("zhengdian_http_request_seconds", .histogram, "Time from the whole request to its answer.")
    for (route, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
      metrics.histogram("zhengdian_http_request_seconds", histogram, ["route": route])
    }
    metrics.family(
      "zhengdian_audit_failures_total", .counter, "Looks refused because they could not be recorded.")
    metrics.sample("zhengdian_audit_failures_total", state.auditFailures)
  }
}
