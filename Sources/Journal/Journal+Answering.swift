public import CivilTime
public import Exchanges
public import SQLDatabase

/// What came back, compressed and sealed for one exchange that was recorded before it left. Made by
/// `Journal.prepareAnswer` and added once.
public struct PreparedAnswer: Sendable {
  public let id: ExchangeID
  let status: Int?
  let sent: Timestamp?
  let received: Timestamp?
  let responseType: String?
  let responseSize: Int
  /// Nil when nothing came back.
  let response: PreparedExchange.Part?
}

extension Journal {
  /// Adds what came back to an exchange that was recorded before its first byte left; returns when it is durable.
  /// Carried through also in a task that was cancelled: the answer did cross the border.
  ///
  /// Takes status, moments and response of `exchange`, and leaves out the rest of it. Whether it succeeded is for
  /// ``conclude(_:_:_:in:now:)`` to say.
  ///
  /// - Throws: `JournalError`: `not-found`; `already-answered` when the exchange has an answer, or was recorded with one.
  public func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
    let answer = try await prepareAnswer(id, exchange)
    try await database.writeRegardless { try self.answer(answer, in: $0) }
  }

  /// Compresses and seals what came back, so that the transaction that adds it only copies bytes. Carried through
  /// also in a task that was cancelled.
  public func prepareAnswer(_ id: ExchangeID, _ exchange: Exchange) async throws -> PreparedAnswer {
    prepare(exchange, answering: id, try await database.readRegardless { try Self.binding(of: id, in: $0) })
  }

  /// As ``answer(_:in:now:)``, sealed inside the transaction: for short answers.
  public func answer(
    _ id: ExchangeID, _ exchange: Exchange, in transaction: Transaction, now: Timestamp = .now()
  ) throws {
    let answer = prepare(exchange, answering: id, try Self.binding(of: id, in: transaction))
    try self.answer(answer, in: transaction, now: now)
  }

  /// Adds a prepared answer in the caller's transaction, together with whatever else must be kept or lost with it.
  public func answer(
    _ answer: PreparedAnswer, in transaction: Transaction, now: Timestamp = .now()
  ) throws {
    let updated = try transaction.execute(
      """
      UPDATE exchange SET answered = ?2, status = ?3, sent = ?4, received = ?5, response_type = ?6,
        response_size = ?7, response_sealed_digest = ?8, response_content_digest = ?9
      WHERE id = ?1 AND answered IS NULL AND status IS NULL AND sent IS NULL AND received IS NULL
        AND response_sealed_digest IS NULL
      """,
      .int(answer.id.rawValue), .int(now.milliseconds), .intOrNull(answer.status),
      .intOrNull(answer.sent?.milliseconds), .intOrNull(answer.received?.milliseconds),
      .textOrNull(answer.responseType), .int(answer.responseSize), .blobOrNull(answer.response?.sealedDigest),
      .blobOrNull(answer.response?.contentDigest))
    guard updated == 1 else {
      guard try transaction.int("SELECT count(*) FROM exchange WHERE id = ?1", .int(answer.id.rawValue)) > 0
      else { throw Self.notFound(answer.id) }
      throw JournalError(
        .alreadyAnswered,
        "The exchange has an answer already; what was recorded is never replaced. Record another exchange that follows it.",
        exchange: answer.id)
    }
    if let response = answer.response {
      try insert(response, .response, of: answer.id.rawValue, in: transaction)
    }
    let summary = try transaction.first(
      "SELECT \(Self.summaryColumns) FROM exchange WHERE id = ?1", .int(answer.id.rawValue), row: Self.summary
    )
    guard let summary else { throw Self.notFound(answer.id) }
    try append(
      .answered, of: answer.id.rawValue, content: EntryContent.answered(summary), keeps: false, at: now,
      in: transaction)
  }

  private static func binding(of id: ExchangeID, in reader: Reader) throws -> PartBinding {
    let binding = try reader.first(
      "SELECT \(bindingColumns) FROM exchange WHERE id = ?1", .int(id.rawValue)
    ) { try Self.binding($0, id: id) }
    guard let binding else { throw notFound(id) }
    return binding
  }

  private func prepare(
    _ exchange: Exchange, answering id: ExchangeID, _ binding: PartBinding
  ) -> PreparedAnswer {
    PreparedAnswer(
      id: id, status: exchange.status, sent: exchange.sent, received: exchange.received,
      responseType: Self.contentType(exchange.responseHeaders), responseSize: exchange.responseBody.count,
      response: sealedResponse(of: exchange, binding))
  }
}
