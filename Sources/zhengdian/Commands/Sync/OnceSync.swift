import CivilTime
import Documents
import Exchanges
import Gateway
import Registry
import Sync

/// Pulls each selected operation once, different platforms side by side, and tells how it went.
enum OnceSync {
  struct Ending: Sendable {
    let key: OperationKey
    /// With a problem when the run ended early.
    let report: PullReport
  }

  static func run(
    _ runners: [PullRunner], _ station: PullStation, restart: Bool, _ invocation: Invocation
  ) async throws -> ExitCode {
    let endings = try await invocation.stop.whileCancellable {
      try await pull(runners, station, restart: restart) { ending in
        if invocation.wantsJSON {
          write(ending, to: invocation.output)
        } else {
          show(ending, on: invocation.output)
        }
      }
    }
    return endings.map { exitCode($0) } ?? .failure
  }

  /// One operation of a platform after the other, the platforms side by side: none is called more than its limits allow anyway.
  static func pull(
    _ runners: [PullRunner], _ station: PullStation, restart: Bool = false,
    ended: @escaping @Sendable (Ending) -> Void
  ) async throws -> [Ending] {
    let byPlatform = Dictionary(grouping: runners) { $0.key.platform }
    return try await withThrowingTaskGroup(of: [Ending].self) { group in
      for (_, own) in byPlatform {
        group.addTask {
          var endings: [Ending] = []
          for runner in own where !Task.isCancelled {
            let report = await station.runNow(runner, restart: restart)
            endings.append(Ending(key: runner.key, report: report))
            ended(endings[endings.count - 1])
          }
          return endings
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  static func exitCode(_ endings: [Ending]) -> ExitCode {
    let problems = endings.compactMap(\.report.problem)
    if problems.isEmpty {
      return endings.allSatisfy { $0.report.counts.quarantined == 0 } ? .done : .failure
    }
    if problems.allSatisfy({ $0.code == "transport" && $0.errorClass == .transient }) {
      return .platformUnreachable
    }
    let isConfiguration = problems.allSatisfy { $0.errorClass == .configuration && !$0.isOfDatabase }
    return isConfiguration ? .configuration : .failure
  }

  static func show(_ ending: Ending, on output: Output) {
    let report = ending.report
    guard let problem = report.problem else {
      output.line("\(output.paint("✓", .green)) \(ending.key): \(told(report, output))")
      return
    }
    output.line("\(output.paint("✗", .red)) \(ending.key): \(problem.code): \(problem.message)")
    if report.pages > 0 { output.line("    stored before that: \(told(report, output))") }
    let place = problem.exchange.map { "exchange \($0); " } ?? ""
    if !problem.remedy.isEmpty { output.line("    \(place)\(problem.remedy)") }
  }

  private static func told(_ report: PullReport, _ output: Output) -> String {
    let counts = report.counts
    var line = "\(report.rows) rows"
    line += ", \(counts.new) new, \(counts.changed) changed, \(counts.unchanged) unchanged"
    if counts.outranked > 0 { line += ", \(counts.outranked) outranked" }
    if report.skipped > 0 { line += ", \(report.skipped) skipped" }
    if counts.quarantined > 0 { line += ", \(output.paint("\(counts.quarantined) quarantined", .yellow))" }
    let pages = DiagnosticReport.count(report.pages, "page")
    return line + ", \(pages) in \(seconds(report)) s (\(rate(report)) rows/s)"
  }

  static func write(_ ending: Ending, to output: Output) {
    output.json { writer in
      writer.member("operation", ending.key.description)
      let report = ending.report
      writer.member("complete", report.problem == nil)
      if let problem = report.problem {
        writer.member("problem") { writer in
          writer.object { writer in
            writer.member("code", problem.code)
            writer.member("class", problem.errorClass.rawValue)
            writer.member("message", problem.message)
            writer.member("remedy", problem.remedy)
            if let exchange = problem.exchange { writer.member("exchange", exchange.rawValue) }
          }
        }
      }
      writer.member("pages", report.pages)
      writer.member("rows", report.rows)
      writer.member("new", report.counts.new)
      writer.member("changed", report.counts.changed)
      writer.member("unchanged", report.counts.unchanged)
      writer.member("outranked", report.counts.outranked)
      writer.member("quarantined", report.counts.quarantined)
      writer.member("skipped", report.skipped)
      writer.member("bytes", report.bytes)
      writer.member("milliseconds", report.finished.milliseconds(since: report.started))
    }
  }

  static func rate(_ report: PullReport) -> Int {
    let milliseconds = max(1, Int(report.finished.milliseconds(since: report.started)))
    return report.rows * 1000 / milliseconds
  }

  private static func seconds(_ report: PullReport) -> String {
    let tenths = (report.finished.milliseconds(since: report.started) + 50) / 100
    return "\(tenths / 10).\(tenths % 10)"
  }
}
