internal import CSQLite

extension DatabaseError {
  /// Translates SQLite's result code; `detail` is the connection's own message, which names tables and
  /// columns but no values.
  static func sqlite(_ result: Int32, detail: String, path: String, statement: String? = nil) -> DatabaseError
  {
    let (code, message) = explanation(of: result, detail: detail, path: path)
    return DatabaseError(code, message, statement: statement, engineCode: result)
  }

  private static func explanation(of result: Int32, detail: String, path: String) -> (Code, String) {
    switch result & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return (
        .busy,
        "Another process holds the lock of \(path) (\(detail)). Wait for it or stop it, then try again."
      )
    case SQLITE_FULL:
      return (
        .full,
        "There is no room left for \(path) (\(detail)). Free disk space or raise the size limit, then try again."
      )
    case SQLITE_CORRUPT:
      return (
        .corrupt,
        "\(path) is damaged (\(detail)). Stop the program, keep a copy of the file and restore the last backup."
      )
    case SQLITE_NOTADB:
      return (
        .notADatabase,
        "\(path) is not an SQLite database (\(detail)). Check the configured path; the file was left untouched."
      )
    case SQLITE_CANTOPEN:
      return (.cannotOpen, "\(path) cannot be opened (\(detail)). Check that its folder exists.")
    case SQLITE_PERM, SQLITE_AUTH:
      return (.permission, "Access to \(path) is refused (\(detail)). Check the owner and mode of the file.")
    case SQLITE_READONLY:
      return (
        .readOnly,
        "\(path) cannot be written (\(detail)). Check the mode of file and folder and how the disk is mounted."
      )
    case SQLITE_IOERR:
      return (
        .inputOutput,
        "Reading or writing \(path) failed (\(detail)). Check the disk; nothing of the transaction was kept."
      )
    case SQLITE_NOMEM:
      return (.outOfMemory, "There was not enough memory for the database (\(detail)).")
    case SQLITE_CONSTRAINT:
      return (constraintCode(result), "A rule of the table refused the row: \(detail).")
    case SQLITE_TOOBIG:
      return (.tooLarge, "A text or blob exceeds what the database takes (\(detail)).")
    case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISMATCH:
      return (.statement, "The statement is wrong: \(detail).")
    default:
      return (.other, "SQLite reported \(result): \(detail).")
    }
  }

  private static func constraintCode(_ result: Int32) -> Code {
    // Extended codes are SQLITE_CONSTRAINT | (n << 8); their macros are not visible to Swift.
    switch result >> 8 {
    case 6, 8, 10: .uniqueConstraint  // PRIMARYKEY, UNIQUE, ROWID
    case 3: .foreignKeyConstraint
    case 5: .notNullConstraint
    case 1: .checkConstraint
    default: .otherConstraint
    }
  }
}
