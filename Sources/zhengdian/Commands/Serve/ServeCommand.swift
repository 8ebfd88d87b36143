import Documents
import Gateway
import Telemetry

/// `serve`: the API and the schedules, until a signal ends them.
enum ServeCommand {
  static let withoutSchedules = CommandOption<Bool>.flag(
    "no-schedules", "Only answer; another process pulls.")

  static let command = Command(
    "serve", "Runs the schedules and answers the utility's systems, until it is stopped.",
    details: """
      SIGTERM and Ctrl-C end it gracefully: nothing new is accepted, what is under way is finished.
      Log lines are JSON on standard error.
      """,
    options: [withoutSchedules], run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    try await invocation.errors.withLog { log in try await serve(invocation, log) }
  }

  private static func serve(_ invocation: Invocation, _ log: Log) async throws -> ExitCode {
    try await Site.with(invocation, log: log) { site in
      let pulls = !invocation[withoutSchedules]
      if pulls { try await site.station.settleInterrupted() }
      let served = try ServedSite(site)
      return try await invocation.stop.whileRunning {
        log(.info, "answering", ["port": .integer(served.port)])
        if invocation.wantsJSON { invocation.output.json { $0.member("port", served.port) } }
        try await served.run(schedules: pulls)
        return .done
      } onStop: {
        served.stop()
      }
    }
  }
}
