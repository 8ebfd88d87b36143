/// All commands of the program. A new command is a file under `Commands` and a line here.
enum CommandTree {
  static let root = Command(
    group: Program.name, "Zhengdian (政电): the gateway between government platforms and a power utility.",
    [
      SandboxCommand.command,
      DemoCommand.command,
      SyncCommand.command,
      ServeCommand.command,
      AdapterCommands.group,
      MappingCommands.group,
      PolicyCommands.group,
      CertificateCommands.group,
      ExchangeCommands.group,
      PushCommands.group,
      PermitCommands.group,
      SupplyCommands.group,
      MaterialCommands.group,
      AuthorisationCommands.group,
      ProjectCommands.group,
      IndicatorCommands.group,
      ReplayCommands.group,
      WorkCommands.group,
      IncidentCommands.group,
      ChangeCommands.group,
      SubscriptionCommands.group,
      JournalCommands.group,
      AuditCommands.group,
      DatabaseCommands.group,
      KeysCommands.group,
      InspectCommands.group,
    ])
}
