import CivilTime
import Documents
import Gateway
import Policies

/// Policies: what a region's documents demand.
enum PolicyCommands {
  static let adapters = CommandOption<String>.path(
    "adapters", "DIR", "The folder of adapters; the one that comes with the program if not given.")
  static let day = CommandOption<CivilDate>.date("on", "The day by whose rules it goes; today if not given.")

  static let group = Command(
    group: "policy", "Policies: what a region's documents demand, and within which time.",
    [PolicyCheckCommand.command, PolicyExplain.command, PolicyClock.command])

  /// The day asked about, by the clock of China.
  static func day(_ invocation: Invocation) -> CivilDate {
    invocation[day] ?? Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
  }

  static func sources(_ invocation: Invocation) throws -> [PolicyLibrary.Source] {
    let place = try AdapterCommands.place(adapters, invocation, \.adapters)
    return try place.folder.policies().map {
      PolicyLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes)
    }
  }
}
