import Calendars
import Changes
import CivilTime
import Crypto
import Documents
import Gateway
import Journal
import Notifications
import Permits
import Pushing
import Registry
import Replay
import SQLDatabase
import Work

/// `database restore`: puts a backup in the place of a database that is gone.
enum DatabaseRestore {
  static let file = Positional("FILE", "A copy made by 'zhengdian database backup'.")

  static let command = Command(
    "restore", "Puts a backup in the place of the site's database.",
    details: """
      Never overwrites: move a database that is there away first, with its -wal and -shm. The copy
      is checked whole, and that the configured master keys open it, before it gets its name. The
      backup itself is only read. Tables of an older program are brought up to date in the copy. What was
      waiting to be handed in, or on its way, is in doubt then: it may have been sent since. What was refused or
      taken back may have been handed in again since: it is not repeated before somebody has signed for it, and
      plans of replays that hand in again are cancelled. Readers of
      changes are told once that they have to read anew what they keep a copy of, and subscriptions are paused.
      """,
    positionals: [file]
  ) { invocation in
    let source = invocation[file][0]
    let configuration = try SiteFile.read(invocation)
    let path = configuration.database
    try requireRoom(at: path)
    try requireWhole(source)
    let keys = try SiteFile.masterKeys(configuration, invocation.environment)
    let draft = FileCopy(of: source, to: path)
    let size = try await OwnThread.run { try draft.write() }
    do {
      let parts = try await check(draft.draft, configuration, keys)
      try draft.take()
      let old = parts.filter { $0.standing == .older }.map(\.name)
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("database", path)
          $0.member("bytes", size)
          $0.member("olderTables", old)
        }
      } else {
        invocation.output.line(
          "\(path): \(FileFacts.text(ofBytes: size)) restored, whole, and the keys open it")
        if !old.isEmpty {
          invocation.output.line("brought up to date: the tables of \(old.joined(separator: ", "))")
        }
      }
    } catch let error as DatabaseError {
      draft.discard()
      // What was looked at is the draft, which is gone by now; what is amiss is what was given.
      throw CommandFailure(.failure, error.message.replacing(draft.draft, with: source))
    } catch {
      draft.discard()
      throw error
    }
    return .done
  }

  private static func requireRoom(at path: String) throws(CommandFailure) {
    try DatabaseUsers.requireNone(path)
    for file in [path, path + "-wal"] where FileFacts.size(of: file) ?? 0 > 0 {
      throw CommandFailure(
        .failure, "\(file) is there and not empty; nothing was overwritten",
        remedy: "move it away first, with its -wal and -shm, if it is really to be replaced")
    }
  }

  /// A database in use has a part of its rows beside the file.
  private static func requireWhole(_ source: String) throws(CommandFailure) {
    guard let size = FileFacts.size(of: source), size > 0 else {
      throw CommandFailure(.failure, "there is no backup at \(source), or it is empty")
    }
    guard FileFacts.size(of: source + "-wal") ?? 0 == 0 else {
      throw CommandFailure(
        .failure, "\(source) is a database in use: a part of it is in \(source)-wal",
        remedy: "make a copy with 'zhengdian database backup'")
    }
  }

  /// Tables whose numbers are known outside, as `push-57`, or are the place for which something is sealed: all that never give a number twice. Exchanges
  /// have a gap that the chain tells of, and the chain of the access audit has none.
  static func numbered(in reader: Reader) throws -> [String] {
    try reader.query(
      """
      SELECT name FROM sqlite_master
      WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN ('exchange', 'access') ORDER BY name
      """
    ) { $0.text(0) }
  }

  /// A copy does not know what was handed in since it was made: nothing of it may be sent again unasked.
  private static func doubt(
    _ database: Database, _ configuration: SiteConfiguration, _ registryKeys: RegistryKeys, _ keys: KeyRing
  ) async throws {
    let journal = Journal(database: database, keys: keys)
    // Others may have seen numbers that were given after the copy was made, and keep them: of changes, of what changes are about, and of exchanges.
    try await database.write { transaction in
      try ClockLedger.forgetMachine(in: transaction)
      try ChangeFeed.leaveGap(in: transaction)
      try journal.leaveGap(ChangeFeed.gap, in: transaction, at: .now())
      for table in try numbered(in: transaction) { try transaction.skipNumbers(of: table, ChangeFeed.gap) }
    }
    let told = SiteChanges(configuration, database: database, keys: registryKeys)
    _ = try await told.subscriptions.pauseAll(at: .now())
    let queue = told.queue
    let pushes = Pushes(database: database, journal: journal, queue: queue, keys: registryKeys)
    _ = try await pushes.doubtAll(at: .now())
    _ = try await Permits(database: database, keys: registryKeys, queue: queue, calendar: .china)
      .doubtAll(at: .now())
    _ = try await Replays(pushes: pushes, keys: registryKeys, needsApproval: true).stopAll(at: .now())
  }

  private static func check(
    _ path: String, _ configuration: SiteConfiguration, _ keys: KeyRing
  ) async throws -> [SchemaPart] {
    try await SiteDatabase.use(path) { database in
      let problems = try await database.integrityProblems()
      if let first = problems.first {
        throw CommandFailure(
          .failure, "the backup is damaged: \(TerminalText.safe(first))", remedy: "take an older one")
      }
      let parts = try await SchemaPart.all(of: database)
      if parts.allSatisfy({ $0.version == 0 }) {
        throw CommandFailure(.failure, "the backup is no database of a gateway")
      }
      for part in parts where part.standing == .newer {
        throw CommandFailure(
          .failure, "a newer program wrote the \(part.name) tables of the backup",
          remedy: "install that program")
      }
      if parts.contains(where: { $0.name == RegistrySchema.component.name && $0.version > 0 }) {
        try await KeyInventory(database).requireMasterKeys(keys)
        // Before anything is read that an older program wrote.
        try await database.migrate(SiteDatabase.components)
        try await doubt(database, configuration, try await RegistryKeys.open(database, ring: keys), keys)
      }
      return parts
    }
  }
}
