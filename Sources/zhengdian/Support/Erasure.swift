import SQLDatabase

/// What commands do when they have destroyed something.
enum Erasure {
  /// Has it leave the database's log too, where old pages stand until they are written over.
  ///
  /// - Parameter remedy: what is done where that fails.
  /// - Returns: `failure` where another process has kept the log from being emptied: it is not gone from the disk then, which is said.
  static func emptyLog(
    of database: Database, _ invocation: Invocation,
    remedy: String = "run the command again, or restart the gateway"
  ) async throws -> ExitCode {
    do {
      try await database.checkpoint()
      return .done
    } catch let error as DatabaseError where error.code == .busy {
      invocation.errors.line(
        "the database's log still holds what was erased, since another process is using it; " + remedy)
      return .failure
    }
  }
}
