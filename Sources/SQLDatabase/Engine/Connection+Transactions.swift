extension Connection {
  /// Takes the write lock at once: a transaction that reads first and writes later could fail half way.
  func begin() throws { try prepare("BEGIN IMMEDIATE").execute([]) }

  /// Opens a snapshot for reading.
  func beginReading() throws { try prepare("BEGIN").execute([]) }

  func commit() throws { try prepare("COMMIT").execute([]) }

  /// Ends the transaction whatever state it is in. A failure of ROLLBACK means that there is none any more.
  func rollback() {
    guard !isAutocommit else { return }
    do { try prepare("ROLLBACK").execute([]) } catch {
      precondition(isAutocommit, "a transaction can be neither committed nor rolled back")
    }
  }

  func savepoint() throws { try prepare("SAVEPOINT body").execute([]) }

  func release() throws { try prepare("RELEASE body").execute([]) }

  func rollbackToSavepoint() throws {
    try prepare("ROLLBACK TO body").execute([])
    try release()
  }
}
