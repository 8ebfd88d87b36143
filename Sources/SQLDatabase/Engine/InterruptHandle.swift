internal import CSQLite

/// The one thing another thread may do to a connection: stop the statement it is running.
///
/// SQLite allows this call from any thread as long as the connection is open; `Cancellation` makes sure of that
/// by letting go of the handle, under its lock, before the reader goes on to other work.
@safe struct InterruptHandle: Sendable {
  nonisolated(unsafe) private let connection: OpaquePointer

  init(_ connection: OpaquePointer) {
    unsafe self.connection = unsafe connection
  }

  func interrupt() {
    unsafe sqlite3_interrupt(connection)
  }
}
