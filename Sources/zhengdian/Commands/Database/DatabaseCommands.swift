/// The site's database, for whoever looks after the machine.
enum DatabaseCommands {
  static let group = Command(
    group: "database", "Brings the database up to date, shows its state, copies and restores it.",
    [DatabaseMigrate.command, DatabaseStatus.command, DatabaseBackup.command, DatabaseRestore.command])
}
