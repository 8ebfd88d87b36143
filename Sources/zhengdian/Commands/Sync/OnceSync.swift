import CivilTime
import Documents
import Exchanges
import Registry
import Sync

/// Pulls each selected operation once, different platforms side by side, and tells how it went.
enum OnceSync {
  struct Ending: Sendable {
    let key: OperationKey
    let report: PullReport?
    let problem: SyncProblem?
  }

  static func run(_ runners: [PullRunner], _ invocation: Invocation) async throws -> ExitCode {
    let endings = try await invocation.stop.whileCancellable {
      try await pull(runners) { ending in
        if invocation.wantsJSON {
          write(ending, to: invocation.output)
        } else {
          show(ending, on: invocation.output)
        }
      }
    }
    return exitCode(endings)
  }

  /// One operation of a platform after the other, the platforms side by side: none is called more than its limits allow anyway.
  static func pull(
    _ runners: [PullRunner], ended: @escaping @Sendable (Ending) -> Void
  ) async throws -> [Ending] {
    let byPlatform = Dictionary(grouping: runners) { $0.key.platform }
    return try await withThrowingTaskGroup(of: [Ending].self) { group in
      for (_, own) in byPlatform {
        group.addTask {
          var endings: [Ending] = []
          for runner in own {
            let ending = try await pull(runner)
            ended(ending)
            endings.append(ending)
          }
          return endings
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func pull(_ runner: PullRunner) async throws -> Ending {
    do {
      let report = try await runner.run(requestID: "sync-\(runner.key)-\(Timestamp.now().milliseconds)")
      return Ending(key: runner.key, report: report, problem: nil)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return Ending(key: runner.key, report: nil, problem: SyncProblem(error))
    }
  }

  static func exitCode(_ endings: [Ending]) -> ExitCode {
    let problems = endings.compactMap(\.problem)
    if problems.isEmpty { return .done }
    return problems.allSatisfy { $0.code == "transport" } ? .platformUnreachable : .failure
  }

  static func show(_ ending: Ending, on output: Output) {
    if let problem = ending.problem {
      output.line("\(output.paint("✗", .red)) \(ending.key): \(problem.code): \(problem.message)")
      if !problem.remedy.isEmpty { output.line("    \(problem.remedy)") }
      return
    }
    guard let report = ending.report else { return }
    let counts = report.counts
    var line = "\(output.paint("✓", .green)) \(ending.key): \(report.rows) rows"
    line += ", \(counts.new) new, \(counts.changed) changed, \(counts.unchanged) unchanged"
    if counts.outranked > 0 { line += ", \(counts.outranked) outranked" }
    if report.skipped > 0 { line += ", \(report.skipped) skipped" }
    if counts.quarantined > 0 { line += ", \(output.paint("\(counts.quarantined) quarantined", .yellow))" }
    output.line(line + ", \(report.pages) pages in \(seconds(report)) s (\(rate(report)) rows/s)")
  }

  static func write(_ ending: Ending, to output: Output) {
    output.json { writer in
      writer.member("operation", ending.key.description)
      writer.member("complete", ending.problem == nil)
      if let problem = ending.problem {
        writer.member("problem") { writer in
          writer.object { writer in
            writer.member("code", problem.code)
            writer.member("class", problem.errorClass.rawValue)
            writer.member("message", problem.message)
            writer.member("remedy", problem.remedy)
          }
        }
      }
      if let report = ending.report {
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
