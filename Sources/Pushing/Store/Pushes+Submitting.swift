import Adapters
import Applications
public import CivilTime
import Crypto
import Exchanges
import Mapping
import Registry
public import SQLDatabase
import Work

extension Pushes {
  /// Writes the message and seals everything, before a transaction is begun: what does not fit is refused here, and nothing is stored.
  ///
  /// - Throws: `TemplateError` naming the field that is missing or cannot be written; `PushError` where the platform wants the receipt of an earlier push.
  public func prepare(_ request: PushRequest, by route: PushRoute) throws -> PreparedPush {
    guard !route.operation.needsReceipt || request.about != nil else {
      throw PushError(
        .unfit,
        "'\(route.operation.name)' is about something that was handed in before, whose receipt goes with it",
        remedy: "say which push with --about")
    }
    let key = Hex.encode(try random(16))
    let message = try route.template.render(request.record, attachments: request.attachments)
    let record = request.record.encode()
    let named = [route.platform, route.operation.name] + request.record.businessKey
    func business(_ words: [String]) -> [UInt8] {
      keys.blindIndex.token("push.business", words.joined(separator: "\u{0}"))
    }
    let content = keys.blindIndex.token(
      "push.content", record + request.attachments.flatMap { Array($0.sm3.utf8) })
    let order = keys.blindIndex.token(
      "push.sequence", ([route.platform] + request.record.orderKey).joined(separator: "\u{0}"))
    let parts = [record, message] + request.attachments.map { $0.encoded() }
    return PreparedPush(
      platform: route.platform, operation: route.operation.name, lane: route.lane, item: request.record.item,
      key: key, sequence: request.sequence ?? Hex.encode(order),
      business: business(request.occasion.isEmpty ? named : named + [request.occasion]),
      occasion: request.occasion.isEmpty ? nil : request.occasion,
      application: business(named), content: content,
      idempotency: route.push.idempotency.class, follows: request.follows,
      instead: request.instead, isRepeatedOnPurpose: request.isRepeatedOnPurpose, about: request.about,
      withdraws: route.push.withdraws, due: request.due, priority: request.priority,
      requestID: request.requestID,
      parts: parts.enumerated().map { number, bytes in
        (number, keys.sealer.seal(bytes, context: Self.context(key, part: number)))
      })
  }

  /// Takes a push in, with its work, in the transaction of whatever caused it.
  ///
  /// The same content for the same application is kept as a duplicate of the first, and nothing is sent for it. What was taken back, by us or by a withdrawal that the
  /// platform accepted, may be handed in again.
  public func submit(
    _ prepared: PreparedPush, in transaction: Transaction, now: Timestamp
  ) throws -> PushTicket {
    var prepared = prepared
    if let about = prepared.about { prepared.about = try owner(of: about, for: prepared, in: transaction) }
    if let follows = prepared.follows {
      // Told apart from the same to the letter as the first was.
      (prepared.business, prepared.occasion) = try requireRepeatable(follows, by: prepared, in: transaction)
    }
    let known = try same(prepared, in: transaction)
    var first: PushID?
    if prepared.follows != nil {
      if let known { try requireEnded(known, in: transaction) }
    } else if let known {
      switch known.state {
      // What was taken back may be handed in again: that goes on where the others ended.
      case .cancelled: prepared.follows = try lastRepetition(of: known.id, in: transaction)
      case .accepted where try isWithdrawn(known, in: transaction):
        prepared.follows = try lastRepetition(of: known.id, in: transaction)
      case .refused where prepared.isRepeatedOnPurpose:
        let last = try lastRepetition(of: known.id, in: transaction)
        try requireEnded(try require(last, transaction), in: transaction)
        prepared.follows = last
      case .refused:
        throw PushError(
          .notNow, "push \(known.id) is the same, and the platform refused it",
          remedy: "correct the application, or hand it in once more on purpose with --follows \(known.id)")
      // A duplicate of it would never be sent: it goes back to what it was where the platform does not have it.
      case .unknown where known.returnsTo != nil:
        throw PushError(
          .notNow,
          "push \(known.id) is the same; it was \(known.returnsTo?.rawValue ?? ""), and a request of it may have arrived all the same",
          remedy: "hand it in again when that is known, or find out and say so with 'push sign \(known.id)'")
      case .queued, .sending, .unknown, .accepted, .parked: first = known.id
      case .unrecognized: throw Self.unrecognized(known.id)
      }
      if let last = prepared.follows { try requireUnrepeated(try require(last, transaction)) }
    }
    if let about = prepared.about { try requireReceipt(of: about, in: transaction) }
    try beginDecisions(in: transaction, at: now)
    let id = try insert(prepared, duplicateOf: first, in: transaction, now)
    guard first == nil else { return PushTicket(id: id, duplicateOf: first) }
    for part in prepared.parts {
      try transaction.execute(
        "INSERT INTO push_content (push, part, sealed) VALUES (?1, ?2, ?3)", .int(id.rawValue),
        .int(part.number), .blob(part.sealed))
    }
    switch try queue.enqueue(prepared.work(id, at: now), in: transaction, now: now) {
    case .added(let work):
      try transaction.execute(
        "UPDATE push SET work = ?2 WHERE id = ?1", .int(id.rawValue), .int(work.rawValue))
    case .duplicate(let work, _):
      preconditionFailure("work \(work.rawValue) for a push that was not there before")
    }
    return PushTicket(id: id, duplicateOf: nil)
  }

  /// The latest push of the same content for the same application, duplicates left out; nil when there was none.
  private func same(_ prepared: PreparedPush, in transaction: Transaction) throws -> Push? {
    try transaction.first(
      """
      SELECT \(Self.columns) FROM push
      WHERE platform = ?1 AND operation = ?2 AND business = ?3 AND content = ?4
        AND coalesce(about, 0) = ?5 AND duplicate_of IS NULL
      ORDER BY id DESC LIMIT 1
      """, .text(prepared.platform), .text(prepared.operation), .blob(prepared.business),
      .blob(prepared.content), .int(prepared.about?.rawValue ?? 0)
    ) { Push($0) }
  }

  /// Prepares and takes in one push; returns when it is durable.
  public func submit(_ request: PushRequest, by route: PushRoute) async throws -> PushTicket {
    let prepared = try prepare(request, by: route)
    let moment = now()
    return try await database.write { try self.submit(prepared, in: $0, now: moment) }
  }

  /// Takes in a prepared push.
  ///
  /// - Parameter keep: writes down what became of it, in the same transaction.
  public func submit(
    _ prepared: PreparedPush, keep: @escaping @Sendable (PushTicket, Transaction) throws -> Void
  ) async throws {
    let moment = now()
    try await database.write { transaction in
      try keep(try self.submit(prepared, in: transaction, now: moment), transaction)
    }
  }

  /// Why a push is not handed in again; nil when it can be.
  public func reasonAgainstRepeating(_ push: Push) async throws -> String? {
    if push.duplicateOf != nil { return "a duplicate of another" }
    if push.erased != nil { return "what was handed in was erased" }
    if push.mayHaveBeenRepeated, push.state != .unknown { return Self.maybeRepeated }
    switch push.state {
    case .accepted: return "the platform has it"
    case .unknown: return "its outcome is unknown: find out first, and say so with 'push sign'"
    case .queued, .sending: return "it is under way"
    case .parked: return nil
    case .unrecognized: return "a newer program wrote it"
    case .refused, .cancelled:
      return try await database.read { reader in
        try reader.first("SELECT 1 FROM push WHERE follows = ?1", .int(push.id.rawValue)) { _ in
          "it has been handed in again already"
        }
      }
    }
  }

  private func insert(
    _ prepared: PreparedPush, duplicateOf first: PushID?, in transaction: Transaction, _ now: Timestamp
  ) throws -> PushID {
    let id = try transaction.first(
      """
      INSERT INTO push (platform, operation, item, key, sequence, business, content, state, idempotency, attempts,
        probes, doubtful, duplicate_of, follows, was_known, request_id, created, changed, about,
        due, withdraws, application, occasion, instead, known_entry)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, ?10, ?11, 0, ?12, ?13, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
        (SELECT coalesce(max(id), 0) FROM push_event))
      RETURNING id
      """, .text(prepared.platform), .text(prepared.operation), .text(prepared.item), .text(prepared.key),
      .text(prepared.sequence), .blob(prepared.business), .blob(prepared.content),
      .text(PushState.queued.rawValue), .text(prepared.idempotency.rawValue),
      .intOrNull(first?.rawValue), .intOrNull(prepared.follows?.rawValue), .text(prepared.requestID),
      .int(now.milliseconds), .intOrNull(prepared.about?.rawValue),
      .intOrNull(prepared.due?.milliseconds), .flag(prepared.withdraws), .blob(prepared.application),
      .textOrNull(prepared.occasion), .intOrNull(first == nil ? prepared.instead?.rawValue : nil)
    ) { PushID($0.int(0)) }
    guard let id else { throw DatabaseError(.other, "The insert of a push returned no id.") }
    return id
  }
}
