import Sync

/// What platforms' messages are no longer, for people at the command line.
enum IncidentCommands {
  static let group = Command(
    group: "incident",
    "Lists, shows, acknowledges and closes incidents (what platforms' messages are no longer).",
    details: """
      An incident is drift of one kind at one place of one operation: a field that is new or gone,
      another type, unknown codes, failing check digits, sudden emptiness. Where the mapping's
      contract says 'freeze' it holds the window: what was served before is served as stale, and
      each run by the schedule looks again. No value of a message is in an incident.
      """,
    [
      IncidentList.command, IncidentShow.command, IncidentAcknowledge.command, IncidentClose.command,
    ])

  static let number = Positional("NUMBER", "The incident's number.")
  static let numbers = Positional("NUMBER", "The incident's number.", isRepeated: true)
  static let note = CommandOption<String>.text("note", "TEXT", "What there is to say about it.")
  static let `operator` = CommandOption<String>.text(
    "operator", "NAME", "Who does it; the name of the login if not given.")

  static func id(_ word: String) throws(UsageError) -> IncidentID {
    guard let number = Int64(word), number > 0 else { throw UsageError("an incident has a number") }
    return IncidentID(rawValue: number)
  }

  static func missing(_ id: IncidentID) -> CommandFailure {
    CommandFailure(.failure, "there is no incident \(id)", remedy: "'zhengdian incident list' shows them")
  }
}
