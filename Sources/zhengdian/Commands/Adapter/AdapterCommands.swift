/// Manifests: how platforms are called.
enum AdapterCommands {
  static let adapters = CommandOption<String>.path(
    "adapters", "DIR", "The folder of adapters; the one that comes with the program if not given.")
  static let mappings = CommandOption<String>.path(
    "mappings", "DIR", "The folder of mappings; the one that comes with the program if not given.")

  static let group = Command(
    group: "adapter", "Adapters: how platforms are called.",
    [AdapterList.command, AdapterCheck.command, AdapterTry.command])

  /// The folder that the option names, or the one that comes with the program.
  static func place(
    _ option: CommandOption<String>, _ invocation: Invocation, _ installed: (ShareFolder) -> String
  ) throws(CommandFailure) -> LibraryPlace {
    if let given = invocation[option] { return LibraryPlace(given) }
    return LibraryPlace(installed(try ShareFolder.find(invocation.environment)))
  }
}
