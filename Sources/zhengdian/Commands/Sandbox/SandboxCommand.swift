import Documents
import Sandbox

/// `sandbox`: the simulated platforms, until a signal ends them.
enum SandboxCommand {
  static let seed = CommandOption<Int>.integer(
    "seed", "NUMBER", in: 0...Int.max,
    "Decides who lives there, and the keys: the same number, the same world.")
  static let ports = CommandOption<Int>.integer(
    "ports", "FIRST", in: 0...65_000,
    "The first of six ports in a row, the platforms' and the control server's; free ones if 0 or not given.")
  static let folder = CommandOption<String>.path(
    "write-config", "DIR", "Write zhengdian.yaml, keys and secrets for a gateway that pulls from here.")

  static let command = Command(
    "sandbox", "Runs simulated government platforms on this machine, until Ctrl-C.",
    details: """
      Five platforms that speak the conventions of the real ones and check them, each on a port of its own,
      and a server through which faults are ordered. Everybody in them is invented.

      With --json one line is written once they answer: {"platforms": [{"name", "title", "url", "adapter",
      "settings": {…}}], "control": url}, and with --write-config "configuration" and "consumerKey", the
      files. SIGINT and SIGTERM end the command when the calls under way are answered.

          zhengdian sandbox --write-config /tmp/site
          zhengdian sync --config /tmp/site/zhengdian.yaml --once
      """,
    options: [seed, ports, folder] + SandboxSizes.options, run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    var configuration = SandboxConfiguration()
    if let seed = invocation[seed] { configuration.seed = UInt64(seed) }
    configuration.sizes = SandboxSizes.sizes(invocation)
    if let first = invocation[ports], first > 0 { configuration.ports = ports(from: first) }
    let sandbox = try Sandbox(configuration)
    let connections = sandbox.connections
    let site = invocation[folder].map { DemoSite(folder: $0, connections) }
    if let site { try await OwnThread.run { try site.write() } }
    return try await invocation.stop.whileRunning {
      SandboxReport(sandbox: sandbox, site: site).write(invocation)
      try await sandbox.run()
      if !invocation.wantsJSON { invocation.errors.line("the sandbox has ended") }
      return .done
    } onStop: {
      sandbox.stop()
    }
  }

  /// In the order in which the platforms are shown, control last.
  private static func ports(from first: Int) -> [String: Int] {
    let names = DemoSite.simulatedPlatforms + ["control"]
    return Dictionary(uniqueKeysWithValues: zip(names, first...))
  }
}
