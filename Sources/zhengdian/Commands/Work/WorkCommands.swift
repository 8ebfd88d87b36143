import Work

/// `work …`: the queue of what the gateway has to do, as operators see it.
enum WorkCommands {
  static let group = Command(
    group: "work", "What the gateway has to do: what waits, who works on it, what is set aside.",
    [WorkList.command, WorkShow.command, WorkRelease.command, WorkCancel.command])

  static let id = Positional("ID", "The number of an item, as 'work list' shows it.")

  static func id(_ invocation: Invocation) throws(UsageError) -> WorkID {
    guard let word = invocation[id].first, let number = Int64(word), number > 0 else {
      throw UsageError("ID is the number of an item, as 'zhengdian work list' shows it")
    }
    return WorkID(rawValue: number)
  }

  static func missing(_ id: WorkID) -> CommandFailure {
    CommandFailure(
      .failure, "there is no work \(id)",
      remedy: "'work list' shows what there is; what has ended is removed after a while")
  }
}
