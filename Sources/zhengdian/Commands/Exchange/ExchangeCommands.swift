import Exchanges

/// What was said between the gateway and the platforms, for people at the command line.
enum ExchangeCommands {
  static let group = Command(
    group: "exchange", "Lists, shows, exports and erases exchanges (the journal of what was really said).",
    [
      ExchangeList.command, ExchangeShow.command, ExchangeQuarantine.command, ExchangeExport.command,
      ExchangeErase.command,
    ])
}
