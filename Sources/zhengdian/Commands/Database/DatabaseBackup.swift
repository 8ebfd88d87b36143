import Gateway
import Documents
import SQLDatabase

/// `database backup`: a complete copy while the gateway goes on working.
enum DatabaseBackup {
  static let file = Positional("FILE", "The copy to make; it must not be there yet.")

  static let command = Command(
    "backup", "Copies the database as it is at this moment, while the gateway goes on.",
    details: """
      The copy appears under its name only when it is complete, checked and on the disk. Keep the
      master keys apart from it: without them it cannot be read, with them by anybody.
      """,
    positionals: [file], isInBackground: true
  ) { invocation in
    let destination = invocation[file][0]
    let path = try SiteFile.read(invocation).database
    return try await SiteDatabase.use(path) { database in
      try await database.backup(to: destination)
      let size = FileFacts.size(of: destination) ?? 0
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("backup", destination)
          $0.member("bytes", size)
        }
      } else {
        invocation.output.line("\(destination): \(FileFacts.text(ofBytes: size)), complete and checked")
      }
      return .done
    }
  }
}
