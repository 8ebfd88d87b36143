import Changes
import Gateway
import GatewayAPI

/// A site that answers: its API on a port, and its schedules where they are wanted.
struct ServedSite: Sendable {
  private let site: Site
  private let server: APIServer
  let port: Int

  /// Binds the port; nothing is answered before ``run(schedules:)``.
  init(_ site: Site) throws {
    let listen = site.gateway.configuration.listen
    self.site = site
    server = try APIServer(GatewayAPI(GatewayAPI.Parts(site, listen)), at: APIServer.Address(listen))
    port = server.port
  }

  /// Answers until ``stop()``: then requests under way are finished, and pulls end behind their last stored page.
  func run(schedules: Bool) async throws {
    enum Part { case server, background }
    let clock = ClockKeeper(site.gateway)
    try await clock.look()
    try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask {
        try await server.run()
        return .server
      }
      group.addTask {
        try await JournalNotary(site.gateway).run()
        return .background
      }
      group.addTask {
        try await clock.run()
        return .background
      }
      if schedules {
        group.addTask {
          try await site.station.runSchedules()
          return .background
        }
        if let keeper = JournalKeeper(site.gateway, libraries: site.station.libraries) {
          group.addTask {
            try await keeper.runNightly()
            return .background
          }
        }
        group.addTask {
          await site.work.run()
          return .background
        }
      }
      // What ends it is the server, or an error of either. Schedules end by themselves where nothing is scheduled: such a site still answers.
      while let part = try await group.next(), part == .background {}
      group.cancelAll()
      while true {
        do {
          guard try await group.next() != nil else { return }
        } catch is CancellationError {
          continue
        }
      }
    }
  }

  func stop() {
    // Whoever waits for changes is answered at once.
    site.gateway.changes.endWaiting()
    server.stop()
  }
}
