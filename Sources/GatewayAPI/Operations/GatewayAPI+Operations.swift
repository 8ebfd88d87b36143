import Certificates
import CivilTime
import Documents
import Exchanges
import HTTPService
import HTTPTransport
import SQLDatabase
import Telemetry

extension GatewayAPI {
  /// Less room on the disk of the database and the gateway asks for help.
  static let leastFreeBytes = 256 << 20

  /// Ready when the database answers and has room. Load balancers and operators look here; no key is needed.
  func readiness() async -> HTTPServerResponse {
    var problem: String?
    do {
      let path = parts.database.path
      let free = try await withDeadline(min(parts.deadline, .seconds(3))) {
        try await self.parts.database.read { reader in
          _ = try reader.int("SELECT count(*) FROM schema_version")
          // On the reader's thread, which may wait.
          return ProcessFacts.freeBytes(at: path) ?? 0
        }
      }
      if free < Self.leastFreeBytes { problem = "disk-nearly-full" }
    } catch {
      problem = APIProblem(error).code == .timeout ? "database-slow" : "database-unavailable"
    }
    return Self.json(status: problem == nil ? 200 : 503) { writer in
      writer.member("status", problem == nil ? "ready" : "not-ready")
      writer.memberIfPresent("problem", problem)
    }
  }

  func metricsText() async throws -> HTTPServerResponse {
    var metrics = MetricsText()
    requests.write(to: &metrics)
    writeProcess(to: &metrics)
    let counts = try await counts.current(parts)
    write(counts, to: &metrics)
    for source in parts.metrics {
      // A source that fails half-way leaves nothing of itself.
      var trial = metrics
      do {
        try await source.write(to: &trial)
        metrics = trial
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        parts.log(.error, "a source of metrics failed", ["cause": .text(APIProblem(error).cause ?? "")])
      }
    }
    return HTTPServerResponse(
      status: 200, headers: ["Content-Type": MetricsText.contentType, "Cache-Control": "no-store"],
      body: .bytes(metrics.bytes))
  }

  private func writeProcess(to metrics: inout MetricsText) {
    metrics.family("zhengdian_start_time_seconds", .gauge, "When the gateway was opened, in Unix time.")
    metrics.sample("zhengdian_start_time_seconds", Double(parts.started.milliseconds) / 1000)
    if let bytes = ProcessFacts.residentBytes() {
      metrics.family("process_resident_memory_bytes", .gauge, "Memory really held.")
      metrics.sample("process_resident_memory_bytes", bytes)
    }
    let calls = parts.http.statistics
    metrics.family("zhengdian_calls", .gauge, "Outgoing calls now, by state.")
    metrics.sample("zhengdian_calls", calls.active, ["state": "active"])
    metrics.sample("zhengdian_calls", calls.waiting, ["state": "waiting"])
    metrics.family("zhengdian_calls_total", .counter, "Outgoing calls ended, by result.")
    metrics.sample("zhengdian_calls_total", calls.completed, ["result": "completed"])
    metrics.sample("zhengdian_calls_total", calls.failed, ["result": "failed"])
  }

  private func write(_ counts: CachedCounts.Counts, to metrics: inout MetricsText) {
    metrics.family("zhengdian_certificates", .gauge, "Certificates held, by kind.")
    for (kind, count) in counts.certificates {
      metrics.sample("zhengdian_certificates", count, ["kind": kind.rawValue])
    }
    metrics.family("zhengdian_quarantined_rows", .gauge, "Rows that gave no record.")
    metrics.sample("zhengdian_quarantined_rows", counts.quarantined)
    metrics.family("zhengdian_exchanges_total", .counter, "Exchanges recorded since the journal was begun.")
    metrics.sample("zhengdian_exchanges_total", counts.exchanges)
    metrics.family(
      "zhengdian_exchanges_troubled", .gauge, "Exchanges in the journal that did not succeed, by outcome.")
    for (outcome, count) in counts.troubled {
      metrics.sample("zhengdian_exchanges_troubled", count, ["outcome": outcome])
    }
    metrics.family("zhengdian_accesses_total", .counter, "Looks recorded in the access audit.")
    metrics.sample("zhengdian_accesses_total", counts.accesses)
    metrics.family("zhengdian_database_bytes", .gauge, "Size of the database without its log.")
    metrics.sample("zhengdian_database_bytes", counts.databaseBytes)
  }
}
