/// The site's database, for whoever looks after the machine.
enum DatabaseCommands {
  static let group = Command(
    group: "database", "Brings the database up to date, shows its state, copies, restores and compacts it.",
    [
      DatabaseMigrate.command, DatabaseStatus.command, DatabaseBackup.command, DatabaseRestore.command,
      DatabaseCompact.command,
    ])
}
