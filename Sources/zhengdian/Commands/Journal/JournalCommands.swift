/// The chain over what was said: whether it holds, and its signatures.
enum JournalCommands {
  static let group = Command(
    group: "journal", "Verifies and signs the journal's chain.",
    [JournalVerify.command, JournalCheckpointCommand.command])
}
