import Documents
import Gateway
import Sandbox
import Telemetry

/// `demo`: the whole story on one machine, with simulated platforms and invented people.
enum DemoCommand {
  static let keep = CommandOption<Bool>.flag(
    "keep", "Stay and answer until Ctrl-C, so that the API and the platforms can be tried.")

  static let command = Command(
    "demo", "Shows the gateway at work: simulated platforms, pull, registry, proof, API.",
    details: """
      Everything happens in a new temporary folder and on free ports of this machine, and is removed at the end.
      """,
    options: [keep] + SandboxSizes.options, run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let folder = try ScratchFolder(named: "zhengdian-demo")
    defer { folder.remove(telling: invocation.errors) }
    var configuration = SandboxConfiguration()
    configuration.sizes = SandboxSizes.sizes(invocation)
    let sandbox = try Sandbox(configuration)
    let demoSite = DemoSite(folder: folder.path, sandbox.connections, listenPort: 0)
    try await OwnThread.run { try demoSite.write() }
    let site = try read(demoSite, invocation)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await sandbox.run() }
      defer { sandbox.stop() }
      return try await Site.with(
        site, environment: invocation.environment.all, log: .silent, polling: DemoStory.polling
      ) { site in
        try await serve(site, sandbox, demoSite, invocation)
      }
    }
  }

  private static func serve(
    _ site: Site, _ sandbox: Sandbox, _ demoSite: DemoSite, _ invocation: Invocation
  ) async throws -> ExitCode {
    let served = try ServedSite(site)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await served.run(schedules: false) }
      defer { served.stop() }
      let story = DemoStory(
        sandbox: sandbox, site: site, demoSite: demoSite, port: served.port, invocation: invocation)
      let keeps = invocation[keep]
      let code = try await invocation.stop.whileCancellable {
        let code = try await story.tell()
        guard keeps else { return code }
        story.tellHowToGoOn()
        do {
          // Until the signal.
          while true { try await Task.sleep(for: .seconds(3600)) }
        } catch is CancellationError {
          return code
        }
      }
      return code ?? .failure
    }
  }

  private static func read(_ demoSite: DemoSite, _ invocation: Invocation) throws -> SiteConfiguration {
    let diagnostics = Diagnostics()
    let configuration = SiteConfiguration.read(
      demoSite.configurationFile, share: try ShareFolder.find(invocation.environment).path,
      diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    guard let configuration else { preconditionFailure("a configuration without problems is one") }
    return configuration
  }
}
