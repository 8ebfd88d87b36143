import CivilTime
import Documents
import Exchanges
import Gateway
import Sync
import Telemetry

/// `sync`: pulls once, or by schedule until told to stop.
enum SyncCommand {
  private static let selection = Positional(
    "PLATFORM[/OPERATION]", "What to pull; everything when nothing is named.", isRequired: false,
    isRepeated: true)
  private static let once = CommandOption<Bool>.flag(
    "once", "Pull now and end, in place of running the schedules.")
  private static let restart = CommandOption<Bool>.flag(
    "restart", "With --once: pull windows under way again from their first page.")
  private static let from = CommandOption<String>.path(
    "from", "FOLDER", "Take saved answers from a folder through the same path; needs one PLATFORM/OPERATION.")

  static let command = Command(
    "sync", "Pulls from platforms: by schedule until it is stopped, or once.",
    details: """
      Every operation has a line in the result: rows, new and changed certificates, quarantined rows, time.
      A run that breaks keeps what it has stored; the next one goes on behind it. The exit code is 1 when a run broke or rows were quarantined.
      """,
    options: [once, restart, from], positionals: [selection], run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let log = Log.lines(to: invocation.errors)
    return try await Site.with(invocation, log: log) { site in
      let clock = ClockKeeper(site.gateway)
      try await clock.look()
      try await site.station.settleInterrupted()
      let runners = try selected(invocation[selection], site.station)
      if let folder = invocation[from] {
        guard !invocation[restart] else { throw UsageError("--restart does not go with --from") }
        guard runners.count == 1, let runner = runners.first else {
          throw UsageError("--from needs one PLATFORM/OPERATION to which the saved answers belong")
        }
        return try await FolderSync.run(folder, runner, site.station.desk, invocation)
      }
      guard invocation[once] else {
        guard invocation[selection].isEmpty else {
          throw UsageError("the schedules run for the whole site; give --once to pull a selection")
        }
        guard !invocation[restart] else { throw UsageError("--restart needs --once") }
        _ = try await invocation.stop.whileCancellable {
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await JournalNotary(site.gateway).run() }
            group.addTask { try await clock.run() }
            group.addTask { await site.work.run() }
            try await site.station.runSchedules()
            group.cancelAll()
          }
        }
        return .done
      }
      return try await OnceSync.run(runners, site.station, restart: invocation[restart], invocation)
    }
  }

  static func selected(_ words: [String], _ station: PullStation) throws -> [PullRunner] {
    guard !words.isEmpty else { return station.runners }
    var runners: [PullRunner] = []
    for word in words {
      let found = station.runners(for: word)
      guard !found.isEmpty else {
        let names = station.runners.flatMap { [$0.key.platform, $0.key.description] }
        throw UsageError(
          "there is no platform or operation '\(word)'",
          suggestion: Suggestion.nearest(to: word, in: Set(names).sorted()))
      }
      for runner in found where !runners.contains(where: { $0 === runner }) { runners.append(runner) }
    }
    return runners
  }
}
