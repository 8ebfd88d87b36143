import Pushing

/// `push …`: what is handed in at platforms, and what became of it.
enum PushCommands {
  static let group = Command(
    group: "push", "What is handed in at platforms: permits, objections; what became of it.",
    [
      PushSubmit.command, PushList.command, PushShow.command, PushSign.command, PushRetry.command,
      PushCancel.command, PushErase.command,
    ])

  static let id = Positional("ID", "The number of a push, as 'push list' shows it.")

  static func id(_ invocation: Invocation) throws(UsageError) -> PushID {
    guard let word = invocation[id].first, let number = Int64(word), number > 0 else {
      throw UsageError("ID is the number of a push, as 'zhengdian push list' shows it")
    }
    return PushID(number)
  }
}
