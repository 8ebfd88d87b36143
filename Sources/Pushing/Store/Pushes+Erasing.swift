public import CivilTime
public import Exchanges
public import SQLDatabase

extension Pushes {
  /// Destroys what was handed in: record, message and attachments; with `receipt` also what the platform answered. That it was handed in, its keyed digests
  /// and its history stay, so that it is listed, and the same again is its duplicate.
  ///
  /// Backups still hold it, and so does the write-ahead log until it is emptied: `Database.checkpoint()`, behind the transaction.
  ///
  /// - Returns: whether there was anything to destroy.
  /// - Throws: `PushError` `notNow` while the push is not decided, or another that is not decided goes by its receipt.
  @discardableResult
  public func erase(
    _ id: PushID, content: Bool = true, receipt: Bool, in transaction: Transaction, at moment: Timestamp
  ) throws -> Bool {
    let push = try require(id, transaction)
    guard push.duplicateOf == nil else { return false }
    guard push.machine.state(after: .erased) != nil else {
      throw PushError(
        .notNow, "push \(id) is \(push.state.rawValue), and what was handed in may be needed yet",
        remedy: "see to how it ends first; 'push cancel' takes back what was not sent")
    }
    var isChanged = false
    if receipt {
      if let other = try undecided(about: id, in: transaction) {
        throw PushError(
          .notNow, "push \(other) goes by the receipt of push \(id) and is not decided",
          remedy: "see to how push \(other) ends first")
      }
      isChanged =
        try transaction.execute(
          "UPDATE push SET receipt = NULL WHERE id = ?1 AND receipt IS NOT NULL", .int(id.rawValue)) > 0
      try transaction.execute("DELETE FROM push_receipt WHERE push = ?1", .int(id.rawValue))
    }
    if content, push.erased == nil {
      try transaction.execute("DELETE FROM push_content WHERE push = ?1", .int(id.rawValue))
      try transaction.execute(
        "UPDATE push SET erased = ?2 WHERE id = ?1", .int(id.rawValue), .int(moment.milliseconds))
      isChanged = true
    }
    guard isChanged else { return false }
    try transaction.execute(
      "INSERT INTO push_event (push, moment, event, state) VALUES (?1, ?2, ?3, ?4)",
      .int(id.rawValue), .int(moment.milliseconds), .text(PushEvent.erased.rawValue),
      .text(push.state.rawValue))
    return true
  }

  /// The pushes that were sent by an exchange.
  public func sent(by exchange: ExchangeID, in reader: Reader) throws -> [Push] {
    try reader.query(
      """
      SELECT \(Self.columns) FROM push WHERE id IN (
        SELECT id FROM push WHERE exchange = ?1 AND exchange IS NOT NULL
        UNION SELECT push FROM push_event WHERE exchange = ?1 AND exchange IS NOT NULL) ORDER BY id
      """, .int(exchange.rawValue)
    ) { Push($0) }
  }

  /// Every exchange by which a push was sent: each has the message.
  public func exchanges(of id: PushID, in reader: Reader) throws -> [ExchangeID] {
    try reader.query(
      """
      SELECT exchange FROM push WHERE id = ?1 AND exchange IS NOT NULL
      UNION SELECT exchange FROM push_event WHERE push = ?1 AND exchange IS NOT NULL ORDER BY 1
      """, .int(id.rawValue)
    ) { ExchangeID($0.int(0)) }
  }

  /// Every exchange in which something of a push was said: those by which it was sent, and what was asked about it, with the platform's answers. What
  /// another push was sent by is none of them.
  public func said(of id: PushID, in reader: Reader) throws -> [ExchangeID] {
    try reader.query(
      """
      WITH RECURSIVE said (id) AS (
        SELECT exchange FROM push WHERE id = ?1 AND exchange IS NOT NULL
        UNION SELECT exchange FROM push_event WHERE push = ?1 AND exchange IS NOT NULL
        UNION SELECT child.id FROM said JOIN exchange AS child ON child.parent = said.id AND child.parent IS NOT NULL
          WHERE NOT EXISTS (SELECT 1 FROM push AS other WHERE other.exchange = child.id AND other.id <> ?1)
            AND NOT EXISTS (SELECT 1 FROM push_event AS other WHERE other.exchange = child.id AND other.push <> ?1))
      SELECT id FROM said ORDER BY id
      """, .int(id.rawValue)
    ) { ExchangeID($0.int(0)) }
  }

  private func undecided(about id: PushID, in reader: Reader) throws -> PushID? {
    // A duplicate is never sent: its first decides.
    try reader.first(
      """
      SELECT id FROM push WHERE about = ?1 AND about IS NOT NULL AND duplicate_of IS NULL
        AND state NOT IN ('accepted', 'refused', 'cancelled') ORDER BY id LIMIT 1
      """, .int(id.rawValue)
    ) { PushID($0.int(0)) }
  }

  /// What goes by the receipt of another needs it.
  func requireReceipt(of id: PushID, in reader: Reader) throws {
    let isGone = try reader.first(
      "SELECT erased IS NOT NULL AND receipt IS NULL FROM push WHERE id = ?1", .int(id.rawValue)
    ) { $0.flag(0) }
    guard isGone != true else {
      throw PushError(
        .erased, "the receipt of push \(id) was erased, and this one goes by it",
        remedy: "tell the platform another way")
    }
  }
}
