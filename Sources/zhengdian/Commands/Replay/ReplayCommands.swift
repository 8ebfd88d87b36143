import Replay

/// `replay …`: failed or old exchanges once more, by a plan that somebody has looked at.
enum ReplayCommands {
  static let group = Command(
    group: "replay", "Failed or old exchanges once more, by a plan that somebody has looked at.",
    [
      ReplayPlan.command, ReplayApprove.command, ReplayStart.command, ReplayStatus.command,
      ReplayList.command,
      ReplayStop.command, ReplayCancel.command, ReplayReportCommand.command,
    ])

  static let id = Positional("ID", "The number of a replay, as 'replay list' shows it.")

  static func id(_ invocation: Invocation) throws(UsageError) -> ReplayID {
    guard let word = invocation[id].first, let number = Int64(word), number > 0 else {
      throw UsageError("ID is the number of a replay, as 'zhengdian replay list' shows it")
    }
    return ReplayID(number)
  }
}
