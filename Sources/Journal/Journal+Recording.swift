public import CivilTime
public import Exchanges
public import SQLDatabase

extension Journal {
  /// Milliseconds by which a clock may be set back without a step.
  static var mostAhead: Int64 { 3_600_000 }

  /// Prepares and records one exchange; returns when it is durable. Carried through also in a task that was cancelled: it did cross the border.
  @discardableResult
  public func record(_ exchange: Exchange) async throws -> ExchangeID {
    let prepared = prepare(exchange)
    return try await database.writeRegardless { try self.insert(prepared, in: $0) }
  }

  /// Records several exchanges, all or none.
  @discardableResult
  public func record(_ exchanges: [Exchange]) async throws -> [ExchangeID] {
    let prepared = exchanges.map { prepare($0) }
    return try await database.writeRegardless { transaction in
      try prepared.map { try self.insert($0, in: transaction) }
    }
  }

  /// Inserts a prepared exchange in the caller's transaction, together with whatever else must be kept or lost with
  /// it. Ids grow in the order of insertion.
  @discardableResult
  public func insert(
    _ exchange: PreparedExchange, in transaction: Transaction, now: Timestamp = .now()
  ) throws -> ExchangeID {
    // Moments of recording do not go back when a clock is set right by a little, so that a span of time is a span of ids. One that stood far ahead
    // does not hold all that come after it there: a step is noted.
    let last = try transaction.first("SELECT recorded FROM exchange ORDER BY id DESC LIMIT 1") { $0.int(0) }
    let isStep = last.map { $0 - now.milliseconds > Self.mostAhead } ?? false
    let recorded = isStep ? now.milliseconds : max(now.milliseconds, last ?? .min)
    let binding = exchange.binding
    let id = try transaction.first(
      """
      INSERT INTO exchange (
        token, platform, operation, direction, method, address, status, created, sent, received, recorded,
        attempt, parent, request_id, outcome, problem_code, problem_class, request_type, request_size,
        response_type, response_size, request_sealed_digest, request_content_digest, response_sealed_digest,
        response_content_digest)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24, ?25)
      RETURNING id
      """,
      .blob(binding.token), .text(binding.platform), .text(binding.operation),
      .text(binding.direction.rawValue), .text(exchange.method), .text(exchange.address),
      .intOrNull(exchange.status), .int(binding.created.milliseconds),
      .intOrNull(exchange.sent?.milliseconds),
      .intOrNull(exchange.received?.milliseconds), .int(recorded), .int(binding.attempt),
      .intOrNull(exchange.parent?.rawValue), .text(exchange.requestID), .text(exchange.outcome.rawValue),
      .textOrNull(exchange.problemCode), .textOrNull(exchange.problemClass?.rawValue),
      .textOrNull(exchange.requestType), .int(exchange.requestSize), .textOrNull(exchange.responseType),
      .int(exchange.responseSize), .blob(exchange.request.sealedDigest),
      .blob(exchange.request.contentDigest),
      .blobOrNull(exchange.response?.sealedDigest), .blobOrNull(exchange.response?.contentDigest)
    ) { $0.int(0) }
    guard let id else {
      throw DatabaseError(.other, "The journal's insert returned no id.")
    }
    if isStep {
      try transaction.execute(
        "INSERT INTO exchange_step (id, reached) VALUES (?1, ?2)", .int(id), .intOrNull(last))
    }
    try insert(exchange.request, .request, of: id, in: transaction)
    if let response = exchange.response { try insert(response, .response, of: id, in: transaction) }
    if let problem = exchange.problem { try insert(problem, .problem, of: id, in: transaction) }
    let summary = exchange.summary(id: ExchangeID(id), recorded: Timestamp(milliseconds: recorded))
    try append(
      .recorded, of: id, content: EntryContent.recorded(summary, token: binding.token), keeps: false,
      at: summary.recorded, in: transaction)
    if exchange.outcome != .unknown || exchange.problemCode != nil {
      try appendConclusion(
        of: id, exchange.outcome, exchange.problemCode, exchange.problemClass, exchange.problem, at: now,
        in: transaction)
    }
    return summary.id
  }

  /// What is said of how an exchange ended. nil: there is no such exchange, or a newer program wrote it.
  public static func conclusion(
    of id: ExchangeID, in reader: Reader
  ) throws -> (outcome: Outcome, problemCode: String?)? {
    let row = try reader.first("SELECT outcome, problem_code FROM exchange WHERE id = ?1", .int(id.rawValue))
    {
      (outcome: Outcome(rawValue: $0.text(0)), problemCode: $0.textOrNull(1))
    }
    return row.flatMap { row in row.outcome.map { ($0, row.problemCode) } }
  }

  /// Says how an exchange ended, once its answer has been understood: recording comes before understanding.
  /// Replaces what was said before: that is for who has understood more of the same answer. Others ask for the ``conclusion(of:in:)`` first.
  public func conclude(
    _ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?, in transaction: Transaction,
    now: Timestamp = .now()
  ) throws {
    let binding = try transaction.first(
      "SELECT \(Self.bindingColumns) FROM exchange WHERE id = ?1", .int(id.rawValue)
    ) { try Self.binding($0, id: id) }
    guard let binding else { throw Self.notFound(id) }
    try transaction.execute(
      "UPDATE exchange SET outcome = ?2, problem_code = ?3, problem_class = ?4 WHERE id = ?1",
      .int(id.rawValue), .text(outcome.rawValue), .textOrNull(problem?.code),
      .textOrNull(problem?.errorClass.rawValue))
    let row = SQLValue.int(ExchangePart.problem.row(of: id.rawValue))
    try transaction.execute("DELETE FROM exchange_key WHERE id = ?1", row)
    try transaction.execute("DELETE FROM exchange_content WHERE id = ?1", row)
    let part = problem.map { seal([$0.message, $0.remedy], [], .problem, binding) }
    if let part { try insert(part, .problem, of: id.rawValue, in: transaction) }
    try appendConclusion(
      of: id.rawValue, outcome, problem?.code, problem?.errorClass, part, at: now, in: transaction)
  }

  private func appendConclusion(
    of id: Int64, _ outcome: Outcome, _ code: String?, _ errorClass: ErrorClass?,
    _ problem: PreparedExchange.Part?, at now: Timestamp, in transaction: Transaction
  ) throws {
    let content = EntryContent.concluded(
      outcome: outcome.rawValue, code: code, errorClass: errorClass?.rawValue,
      sealedDigest: problem?.sealedDigest, contentDigest: problem?.contentDigest)
    try append(.concluded, of: id, content: content, keeps: true, at: now, in: transaction)
  }

  func insert(
    _ content: PreparedExchange.Part, _ part: ExchangePart, of id: Int64, in transaction: Transaction
  ) throws {
    let row = SQLValue.int(part.row(of: id))
    try transaction.execute(
      "INSERT INTO exchange_content (id, sealed) VALUES (?1, ?2)", row, .blob(content.sealed))
    try transaction.execute(
      "INSERT INTO exchange_key (id, wrapped) VALUES (?1, ?2)", row, .blob(content.wrappedKey))
  }
}
