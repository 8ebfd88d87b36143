import CivilTime

extension Operation {
  /// Judges and opens an answer apart from any call: one saved to a file, or kept in the journal.
  ///
  /// Only the settings of the connection are at hand, no token and no time, since opening an answer must give the same on every day.
  public func open(
    _ body: [UInt8], status: Int, by adapter: Adapter, over connection: Connection
  ) throws(AdapterError) -> OpenedAnswer {
    try envelope.open(
      status: status, body: body,
      scope: ValueScope(connection.values(for: adapter), now: Timestamp(milliseconds: 0)) { _ in [] })
  }
}
