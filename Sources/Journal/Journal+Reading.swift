internal import CivilTime
internal import Crypto
public import Exchanges
public import SQLDatabase

extension Journal {
  /// The exchange with everything that was said, as it was recorded.
  ///
  /// Throws `JournalError`: not found, erased, its master key is missing, tampered with.
  public func exchange(_ id: ExchangeID) async throws -> Exchange {
    let stored = try await database.read { try self.fetch(id, in: $0) }
    guard let stored else { throw Self.notFound(id) }
    return try open(stored)
  }

  /// The body of one side. A response that never came, and a problem, have no bytes.
  public func body(_ id: ExchangeID, _ part: ExchangePart) async throws -> [UInt8] {
    let stored = try await database.read { try self.fetch(id, parts: [part], in: $0) }
    guard let stored else { throw Self.notFound(id) }
    return try body(of: stored, part)
  }

  /// Nil when there is no such exchange.
  public func summary(_ id: ExchangeID) async throws -> ExchangeSummary? {
    try await database.read { try self.summary(id, in: $0) }
  }

  public func summary(_ id: ExchangeID, in reader: Reader) throws -> ExchangeSummary? {
    try reader.first(
      "SELECT \(Self.summaryColumns) FROM exchange WHERE id = ?1", .int(id.rawValue), row: Self.summary)
  }

  /// The exchanges that a filter lets through. The time it takes depends on their number, not on the journal's
  /// size.
  public func list(_ filter: ExchangeFilter) async throws -> [ExchangeSummary] {
    try await database.read { try self.list(filter, in: $0) }
  }

  public func list(_ filter: ExchangeFilter, in reader: Reader) throws -> [ExchangeSummary] {
    var found: [ExchangeSummary] = []
    var rest = filter
    for range in try Self.ranges(of: filter, in: reader) {
      rest.limit = filter.limit - found.count
      let statement = rest.statement(in: range)
      found += try reader.query(statement.text, statement.values, row: Self.summary)
      if found.count >= filter.limit { break }
    }
    return found
  }

  /// Fetches without opening, in the caller's read.
  public func fetch(
    _ id: ExchangeID, parts: [ExchangePart] = ExchangePart.allCases, in reader: Reader
  ) throws -> StoredExchange? {
    try Self.fetch(id, parts: parts, in: reader)
  }

  static func fetch(
    _ id: ExchangeID, parts: [ExchangePart] = ExchangePart.allCases, in reader: Reader
  ) throws -> StoredExchange? {
    let found = try reader.first(
      "SELECT \(Self.summaryColumns) FROM exchange WHERE id = ?1", .int(id.rawValue)
    ) { (try Self.summary($0), try Self.binding($0, id: id)) }
    guard let (summary, binding) = found else { return nil }
    var stored: [ExchangePart: StoredExchange.Part] = [:]
    for part in parts {
      let row = SQLValue.int(part.row(of: id.rawValue))
      let sealed = try reader.first("SELECT sealed FROM exchange_content WHERE id = ?1", row) { $0.blob(0) }
      let key = try reader.first("SELECT wrapped FROM exchange_key WHERE id = ?1", row) { $0.blob(0) }
      let isErased = summary.erased != nil && key == nil && summary.had(part)
      if sealed != nil || isErased {
        stored[part] = StoredExchange.Part(sealed: sealed, wrappedKey: key)
      }
    }
    return StoredExchange(summary: summary, binding: binding, parts: stored)
  }

  /// Whether a part of an exchange is there and has not been erased.
  public func has(_ part: ExchangePart, of id: ExchangeID, in reader: Reader) throws -> Bool {
    try reader.int("SELECT count(*) FROM exchange_key WHERE id = ?1", .int(part.row(of: id.rawValue))) > 0
  }

  /// Unseals a fetched exchange. Takes milliseconds for a large page.
  public func open(_ stored: StoredExchange) throws -> Exchange {
    let summary = stored.summary
    guard let request = try content(of: stored, .request), let address = request.texts.first else {
      throw JournalError(.damaged, "The request is missing.", exchange: stored.id)
    }
    let response = try content(of: stored, .response)
    if response == nil, summary.digests.responseSealed != nil {
      throw JournalError(.damaged, "The response is missing.", exchange: stored.id)
    }
    return Exchange(
      platform: summary.platform, operation: summary.operation, direction: summary.direction,
      method: summary.method, address: address,
      requestHeaders: Self.headers(request.texts.dropFirst()), requestBody: request.body,
      status: summary.status, responseHeaders: Self.headers(response?.texts[...] ?? []),
      responseBody: response?.body ?? [], created: summary.created, sent: summary.sent,
      received: summary.received, recorded: summary.recorded, attempt: summary.attempt,
      parent: summary.parent, outcome: summary.outcome, problem: try problemOrOutline(of: stored),
      requestID: summary.requestID)
  }

  /// The body of one side of a fetched exchange.
  public func body(of stored: StoredExchange, _ part: ExchangePart) throws -> [UInt8] {
    try content(of: stored, part)?.body ?? []
  }

  /// Nil when the exchange had no problem.
  public func problem(of stored: StoredExchange) throws -> ExchangeProblem? {
    guard let code = stored.summary.problemCode, let errorClass = stored.summary.problemClass else {
      return nil
    }
    let texts = try content(of: stored, .problem)?.texts ?? []
    guard texts.count == 2 else {
      throw JournalError(.damaged, "The text of the problem is missing.", exchange: stored.id)
    }
    return ExchangeProblem(code: code, errorClass: errorClass, message: texts[0], remedy: texts[1])
  }

  /// An erased text of a problem does not keep the rest of the exchange from being read.
  private func problemOrOutline(of stored: StoredExchange) throws -> ExchangeProblem? {
    do {
      return try problem(of: stored)
    } catch let error as JournalError where error.code == .erased {
      guard let code = stored.summary.problemCode, let errorClass = stored.summary.problemClass else {
        return nil
      }
      return ExchangeProblem(code: code, errorClass: errorClass, message: "", remedy: "")
    }
  }

  private func content(
    of stored: StoredExchange, _ part: ExchangePart
  ) throws -> (texts: [String], body: [UInt8])? {
    guard stored.parts[part] != nil else { return nil }
    let content = try saltedContent(of: stored, part)
    do {
      return try PartContent.decode(content, maxBytes: configuration.largestContent)
    } catch let error as JournalError {
      throw JournalError(error.code, error.message, exchange: stored.id)
    }
  }

  /// What the content digest is of: salt and payload, opened and held against what was recorded.
  func saltedContent(of stored: StoredExchange, _ part: ExchangePart) throws -> [UInt8] {
    guard let found = stored.parts[part] else { throw Self.notFound(stored.id) }
    guard let wrappedKey = found.wrappedKey, let sealed = found.sealed else {
      throw JournalError(
        .erased, "The \(part.word) was erased; nobody can read it again.", exchange: stored.id)
    }
    let content: [UInt8]
    do {
      content = try SealedBody(wrappedKey: wrappedKey, sealed: sealed)
        .open(context: stored.binding.context(part), with: keys)
    } catch {
      throw Self.explain(error, part, stored.id)
    }
    if let (sealedDigest, contentDigest) = stored.summary.digests.of(part),
      Digest.sm3.hash(sealed) != sealedDigest || Digest.sm3.hash(content) != contentDigest
    {
      throw JournalError(
        .tampered, "The \(part.word) is not the one whose digests were recorded. Compare with a backup.",
        exchange: stored.id)
    }
    return content
  }

  private static func explain(_ error: CryptoError, _ part: ExchangePart, _ id: ExchangeID) -> JournalError {
    switch error.code {
    case .unknownKey:
      JournalError(.missingKey, "\(error.message); \(error.remedy)", exchange: id)
    default:
      JournalError(
        .tampered,
        "The \(part.word) does not open: it, its key or its row was altered, or the master key is another one "
          + "under the same name. Compare with a backup.", exchange: id)
    }
  }

  private static func headers(_ texts: ArraySlice<String>) -> [ExchangeHeader] {
    var headers: [ExchangeHeader] = []
    headers.reserveCapacity(texts.count / 2)
    var position = texts.startIndex
    while position + 1 < texts.endIndex {
      headers.append(ExchangeHeader(name: texts[position], value: texts[position + 1]))
      position += 2
    }
    return headers
  }
}
