public import Telemetry

extension IncidentLedger: MetricsSource {
  public func write(to metrics: inout MetricsText) async throws {
    let counts = try await counts()
    metrics.family(
      "zhengdian_incidents_open", .gauge,
      "Incidents that are not closed, by kind and whether they hold a window.")
    for (kind, held, count) in counts {
      metrics.sample(
        "zhengdian_incidents_open", count, ["kind": kind.rawValue, "held": held ? "true" : "false"])
    }
  }
}
