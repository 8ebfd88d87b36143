import Documents
import Gateway
import SQLDatabase

/// `database compact`: writes the file anew, without what is free in it.
enum DatabaseCompact {
  static let command = Command(
    "compact", "Writes the database anew without free room; the gateway must be stopped.",
    details: """
      Needed once for a database of version 0.1, after which free room comes back to the disk by
      itself while the gateway works ('database status' tells which kind it is). Needs room for two
      copies beside the file. When it breaks off, the database is as it was.
      """
  ) { invocation in
    let path = try SiteFile.read(invocation).database
    try DatabaseUsers.requireNone(path)
    return try await SiteDatabase.use(path) { database in
      let before = FileFacts.size(of: path) ?? 0
      try await database.compact()
      let after = FileFacts.size(of: path) ?? 0
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("database", path)
          $0.member("bytesBefore", before)
          $0.member("bytes", after)
        }
      } else {
        invocation.output.line(
          "\(path): \(FileFacts.text(ofBytes: after)), before \(FileFacts.text(ofBytes: before))")
      }
      return .done
    }
  }
}
