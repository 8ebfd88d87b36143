import Gateway
import Documents
import SQLDatabase

/// `database status`: versions, size, counts, and whether the file is sound.
enum DatabaseStatus {
  /// What is counted, where there is such a table.
  private static let tables = [
    (table: "certificate", title: "certificates"), ("observation", "observations"),
    ("quarantine", "quarantined rows"), ("exchange", "exchanges"), ("access", "looks in the audit"),
  ]

  static let command = Command(
    "status", "Versions of the tables, size, counts, and a quick check for damage.",
    details: """
      Needs no keys. Exit code 1 when the file is damaged or a newer program has written it. Whether
      somebody tampered with it say 'audit verify' and 'journal verify'.
      """
  ) { invocation in
    let path = try SiteFile.read(invocation).database
    return try await SiteDatabase.use(path) { database in
      let parts = try await SchemaPart.all(of: database)
      let counts = try await counts(database)
      let problems = try await database.integrityProblems(quick: true)
      let space = try await database.space()
      let sizes = (file: FileFacts.size(of: path) ?? 0, log: FileFacts.size(of: path + "-wal") ?? 0)
      if invocation.wantsJSON {
        invocation.output.json { writer in
          writer.member("database", path)
          writer.member("bytes", sizes.file)
          writer.member("logBytes", sizes.log)
          writer.member("freeBytes", space.freeBytes)
          writer.member("canShrink", space.canShrink)
          writer.member("schema") { write(parts, to: &$0) }
          writer.member("counts") { writer in
            writer.object { writer in for count in counts { writer.member(count.table, count.rows) } }
          }
          writer.member("problems", problems)
        }
      } else {
        invocation.output.line(
          "\(path): \(FileFacts.text(ofBytes: sizes.file)), log \(FileFacts.text(ofBytes: sizes.log))")
        invocation.output.line(
          "free in it: \(FileFacts.text(ofBytes: space.freeBytes))"
            + (space.canShrink ? "" : ", which comes back to the disk only by 'zhengdian database compact'")
            + "\n")
        var table = TextTable("TABLES OF", "VERSION", "")
        for part in parts { table.row(part.name, "\(part.version) of \(part.known)", remark(part)) }
        table.write(to: invocation.output)
        invocation.output.line()
        for count in counts { invocation.output.line("\(count.rows) \(count.title)") }
        invocation.output.line(
          "tampering: see 'zhengdian audit verify' (needs the keys) and 'zhengdian journal verify'")
        invocation.output.line(problems.isEmpty ? "no damage found" : "DAMAGED; restore the last backup:")
        for problem in problems { invocation.output.line(TerminalText.safe(problem)) }
      }
      return problems.isEmpty && !parts.contains { $0.standing == .newer } ? .done : .failure
    }
  }

  private static func counts(_ database: Database) async throws -> [(
    table: String, title: String, rows: Int64
  )] {
    let tables = tables
    return try await database.read { reader in
      try tables.compactMap { table, title in
        let isThere =
          try reader.int(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", .text(table)) > 0
        return isThere ? (table, title, try reader.int("SELECT count(*) FROM \(table)")) : nil
      }
    }
  }

  private static func remark(_ part: SchemaPart) -> String {
    switch part.standing {
    case .current: ""
    case .older: "'zhengdian database migrate' brings it up to date"
    case .newer: "a newer program wrote it; install that"
    }
  }

  private static func write(_ parts: [SchemaPart], to writer: inout JSONWriter) {
    writer.array { writer in
      for part in parts {
        writer.object {
          $0.member("component", part.name)
          $0.member("version", part.version)
          $0.member("known", part.known)
          $0.member("standing", part.standing.rawValue)
        }
      }
    }
  }
}
