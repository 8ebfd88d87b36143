/// Mappings: what a platform's messages mean.
enum MappingCommands {
  static let mappings = CommandOption<String>.path(
    "mappings", "DIR", "The folder of mappings; the one that comes with the program if not given.")
  static let files = Positional(
    "FILE", "A mapping, also a draft elsewhere; all of the folder if none is given.", isRequired: false,
    isRepeated: true)

  static let group = Command(
    group: "mapping", "Mappings: what the messages of platforms mean.",
    [MappingCheck.command, MappingTests.command, MappingTry.command])

  static func place(_ invocation: Invocation) throws(CommandFailure) -> LibraryPlace {
    if let given = invocation[mappings] { return LibraryPlace(given) }
    return LibraryPlace(try ShareFolder.find(invocation.environment).mappings)
  }
}
