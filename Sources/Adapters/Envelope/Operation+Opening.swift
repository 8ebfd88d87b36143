import CivilTime

extension Operation {
  /// Opens a message as the mapping sees it, without what is wrapped around it: a sample that lies beside the mapping.
  public func open(sample: [UInt8]) throws(AdapterError) -> OpenedAnswer {
    var inside = envelope
    if let payload = envelope.payload {
      inside.payload = nil
      inside.format = payload.format
      inside.charset = payload.charset
      inside.rules = payload.rules
    }
    return try inside.open(
      status: inside.statuses.first ?? 200, body: sample,
      scope: ValueScope(now: Timestamp(milliseconds: 0)) { _ in [] })
  }

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
