import Adapters
import CivilTime
import Crypto
public import Exchanges
import Journal
import Registry
public import SQLDatabase
import Work

extension InboundDesk {
  /// A call as its row has it.
  struct StoredCall {
    let id: Int64
    let platform: String
    let operation: String
    let isDone: Bool
    /// The first that brought it.
    let exchange: ExchangeID
    let status: Int?
    let type: String?
    let answer: [UInt8]?
    let work: WorkID?
    let problemCode: String?
  }

  /// A call that is in the journal.
  struct Begun: Sendable {
    let call: Int64
    let exchange: ExchangeID
    /// It had come before.
    let isKnown: Bool
    /// What the first was answered, where it was acted upon.
    let reply: InboundReply?
  }

  private static let columns =
    "id, platform, operation, state, exchange, status, type, answer, work, problem_code"

  /// Keeps the call: its nonce, the journal's entry, its row, and the item of work that will act on it if nobody else does.
  ///
  /// - Throws: `InboundRefusal` for a nonce that came with another call; nothing is kept then.
  func begin(
    _ given: Exchange, _ identity: [UInt8], _ admission: InboundAdmission, _ receiver: InboundReceiver,
    _ transaction: Transaction
  ) throws -> Begun {
    let time = now()
    var exchange = given
    let (platform, operation) = (SQLValue.text(exchange.platform), SQLValue.text(exchange.operation))
    let row = try transaction.first(
      "SELECT \(Self.columns) FROM inbound_call WHERE platform = ?1 AND operation = ?2 AND identity = ?3",
      platform, operation, .blob(identity)
    ) { Self.row($0) }
    if let nonce = admission.nonce {
      try use(nonce, of: exchange, until: admission.nonceEnds, transaction, time)
    }
    exchange.parent = row?.exchange
    let id = try journal.insert(journal.prepare(exchange), in: transaction, now: time)
    if let row {
      guard let reply = try done(row) else {
        return Begun(call: row.id, exchange: id, isKnown: true, reply: nil)
      }
      try tell(reply, nil, id, exchange, transaction, time)
      return Begun(call: row.id, exchange: id, isKnown: true, reply: reply)
    }
    let call = try transaction.first(
      """
      INSERT INTO inbound_call (platform, operation, identity, state, exchange, created, changed)
      VALUES (?1, ?2, ?3, 'received', ?4, ?5, ?5) RETURNING id
      """, platform, operation, .blob(identity), .int(id.rawValue), .int(time.milliseconds)
    ) { $0.int(0) }
    guard let call else { throw DatabaseError(.other, "The insert of an inbound call returned no id.") }
    // Whoever answers has its time first.
    let later = time.advanced(bySeconds: Int(receiver.operation.within.components.seconds) + 10)
    try enqueue(call, at: later, transaction, time)
    return Begun(call: call, exchange: id, isKnown: false, reply: nil)
  }

  /// A nonce comes once. The same call with it is the platform's own repetition, and is answered as such.
  private func use(
    _ nonce: [UInt8], of exchange: Exchange, until end: Timestamp, _ transaction: Transaction,
    _ now: Timestamp
  ) throws {
    let place: [SQLValue] = [
      .text(exchange.platform), .text(exchange.operation),
      .blob(keys.blindIndex.token("inbound.nonce", nonce)),
    ]
    let content = keys.blindIndex.token(
      "inbound.content", Array("\(exchange.method) \(exchange.address)\u{0}".utf8) + exchange.requestBody)
    try transaction.execute("DELETE FROM inbound_nonce WHERE ends < ?1", .int(now.milliseconds))
    let known = try transaction.first(
      "SELECT content FROM inbound_nonce WHERE platform = ?1 AND operation = ?2 AND nonce = ?3", place[0],
      place[1], place[2]
    ) { $0.blob(0) }
    guard let known else {
      try transaction.execute(
        "INSERT INTO inbound_nonce (platform, operation, nonce, content, ends) VALUES (?1, ?2, ?3, ?4, ?5)",
        place[0], place[1], place[2], .blob(content), .int(end.milliseconds))
      return
    }
    guard known == content else {
      throw InboundRefusal(.unauthenticated, "its nonce came with another call")
    }
  }

  /// It was acted upon, and this is what the platform was told, now and ever after.
  func end(_ row: StoredCall, _ reply: InboundReply, _ transaction: Transaction, _ now: Timestamp) throws {
    try transaction.execute(
      """
      UPDATE inbound_call SET state = 'done', status = ?2, type = ?3, answer = ?4, problem_code = NULL, changed = ?5
      WHERE id = ?1
      """, .int(row.id), .int(Int64(reply.status)), .textOrNull(reply.contentType),
      .blob(keys.sealer.seal(reply.body, context: Self.context(row.id))), .int(now.milliseconds))
  }

  /// It could not be acted upon; the queue shows it to whoever looks after it. Said again for the same reason it stays as it is.
  func refuse(
    _ row: StoredCall, _ refusal: InboundRefusal, _ transaction: Transaction, _ now: Timestamp
  ) throws {
    try transaction.execute(
      "UPDATE inbound_call SET state = 'refused', problem_code = ?2, changed = ?3 WHERE id = ?1",
      .int(row.id), .text(refusal.code), .int(now.milliseconds))
    let isOpen = try row.work.map { try queue.isOpen($0, in: transaction) } ?? false
    guard isOpen, let work = row.work else { return try enqueue(row.id, at: now, transaction, now) }
    if row.problemCode != refusal.code { try queue.hasten(work, in: transaction, now: now) }
  }

  private func enqueue(
    _ call: Int64, at time: Timestamp, _ transaction: Transaction, _ now: Timestamp
  ) throws {
    let work = NewWork(
      kind: .inbound, lane: "inbound", businessKey: Array("inbound \(call)".utf8),
      contentDigest: Array("\(now.milliseconds)".utf8), payload: Array(String(call).utf8), notBefore: time)
    guard case .added(let id) = try queue.enqueue(work, in: transaction, now: now) else { return }
    try transaction.execute(
      "UPDATE inbound_call SET work = ?2 WHERE id = ?1", .int(call), .int(id.rawValue))
  }

  /// Nothing is left to do. Whoever has the item just now finds that out.
  func endWork(of row: StoredCall, _ transaction: Transaction, _ now: Timestamp) throws {
    guard let work = row.work, try queue.isOpen(work, in: transaction) else { return }
    do {
      try queue.cancel(work, in: transaction, now: now)
    } catch let error as WorkError where error.code == .leased {}
  }

  /// What the platform is told goes into the journal, and how it ended.
  func tell(
    _ reply: InboundReply, _ refusal: InboundRefusal?, _ id: ExchangeID, _ given: Exchange,
    _ transaction: Transaction, _ now: Timestamp
  ) throws {
    var exchange = given
    exchange.status = reply.status
    exchange.responseHeaders =
      reply.contentType.map { [ExchangeHeader(name: "Content-Type", value: $0)] } ?? []
    exchange.responseBody = reply.body
    exchange.received = now
    try journal.answer(id, exchange, in: transaction, now: now)
    try journal.conclude(
      id, refusal == nil ? .succeeded : .rejected, refusal?.problem, in: transaction, now: now)
  }

  func require(_ call: Int64, _ reader: Reader) throws -> StoredCall {
    let row = try reader.first(
      "SELECT \(Self.columns) FROM inbound_call WHERE id = ?1", .int(call)
    ) { Self.row($0) }
    guard let row else {
      throw InboundRefusal(
        .unfit, "there is no inbound call \(call)", remedy: "compare the database with a backup")
    }
    return row
  }

  /// What was answered to a call that was acted upon; nil for another.
  func done(_ row: StoredCall) throws -> InboundReply? {
    guard row.isDone, let status = row.status, let answer = row.answer else { return nil }
    return InboundReply(
      status: status, contentType: row.type,
      body: try keys.sealer.open(answer, context: Self.context(row.id)))
  }

  static func context(_ call: Int64) -> String { "inbound|\(call)|answer" }

  private static func row(_ row: borrowing Row) -> StoredCall {
    StoredCall(
      id: row.int(0), platform: row.text(1), operation: row.text(2), isDone: row.text(3) == "done",
      exchange: ExchangeID(row.int(4)), status: row.intOrNull(5).map { Int($0) }, type: row.textOrNull(6),
      answer: row.blobOrNull(7), work: row.intOrNull(8).map { WorkID(rawValue: $0) },
      problemCode: row.textOrNull(9))
  }

  /// Those of the exchanges on which a call rests that nobody could act upon yet: they are not pruned.
  public static func undone(among exchanges: [ExchangeID], in reader: Reader) throws -> [ExchangeID] {
    let find = try reader.prepare("SELECT 1 FROM inbound_call WHERE exchange = ?1 AND state <> 'done'")
    return try exchanges.filter { try find.first(.int($0.rawValue)) { _ in true } ?? false }
  }
}
