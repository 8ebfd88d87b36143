/// The chain over what was said: whether it holds, and its signatures.
enum JournalCommands {
  static let group = Command(
    group: "journal", "Verifies and signs the journal's chain, and removes what need not be kept.",
    [JournalVerify.command, JournalCheckpointCommand.command, JournalPrune.command])
}
