internal import CivilTime
internal import Exchanges
internal import SQLDatabase

extension Journal {
  static let bindingColumns = "token, platform, operation, direction, created, attempt"

  static let summaryColumns = """
    \(bindingColumns), id, method, address, status, sent, received, recorded, parent, request_id, outcome,
    problem_code, problem_class, request_type, request_size, response_type, response_size,
    request_sealed_digest, request_content_digest, response_sealed_digest, response_content_digest, erased, answered
    """

  /// Of the ``summaryColumns``.
  private static let summaryTypes: [ColumnType] = [
    .blob, .text, .text, .text, .integer, .integer,
    .integer, .text, .text, .integerOrNull, .integerOrNull, .integerOrNull, .integer, .integerOrNull, .text,
    .text, .textOrNull, .textOrNull, .textOrNull, .integer, .textOrNull, .integer, .blob, .blob, .blobOrNull,
    .blobOrNull, .integerOrNull, .integerOrNull,
  ]

  static func binding(_ row: borrowing Row, id: ExchangeID) throws -> PartBinding {
    PartBinding(
      token: row.blob(0), platform: row.text(1), operation: row.text(2),
      direction: try word(row.text(3), id: id),
      created: Timestamp(milliseconds: row.int(4)), attempt: Int(row.int(5)))
  }

  static func summary(_ row: borrowing Row) throws -> ExchangeSummary {
    let id = ExchangeID(row.int(6))
    let binding = try binding(row, id: id)
    return ExchangeSummary(
      id: id,
      platform: binding.platform,
      operation: binding.operation,
      direction: binding.direction,
      method: row.text(7),
      addressOutline: row.text(8),
      status: row.intOrNull(9).map { Int($0) },
      created: binding.created,
      sent: row.intOrNull(10).map { Timestamp(milliseconds: $0) },
      received: row.intOrNull(11).map { Timestamp(milliseconds: $0) },
      recorded: Timestamp(milliseconds: row.int(12)),
      attempt: binding.attempt,
      parent: row.intOrNull(13).map { ExchangeID($0) },
      requestID: row.text(14),
      outcome: try word(row.text(15), id: id),
      problemCode: row.textOrNull(16),
      problemClass: try row.textOrNull(17).map { try word($0, id: id) },
      requestContentType: row.textOrNull(18),
      requestSize: Int(row.int(19)),
      responseContentType: row.textOrNull(20),
      responseSize: Int(row.int(21)),
      digests: ExchangeDigests(
        requestSealed: row.blob(22), responseSealed: row.blobOrNull(24), requestContent: row.blob(23),
        responseContent: row.blobOrNull(25)),
      erased: row.intOrNull(26).map { Timestamp(milliseconds: $0) },
      answered: row.intOrNull(27).map { Timestamp(milliseconds: $0) })
  }

  /// What the chain commits to, of a row that holds nothing but what is written there.
  ///
  /// - Throws: `JournalError` `damaged`.
  static func committed(_ row: borrowing Row) throws -> (summary: ExchangeSummary, token: [UInt8]) {
    guard row.isStored(as: summaryTypes) else {
      throw JournalError(
        .damaged, "The row holds a value of another type than is written there.",
        exchange: ExchangeID(row.int(6)))
    }
    return (try summary(row), row.blob(0))
  }

  static func notFound(_ id: ExchangeID) -> JournalError {
    JournalError(.notFound, "There is no such exchange.", exchange: id)
  }

  private static func word<Word: RawRepresentable<String>>(_ text: String, id: ExchangeID) throws -> Word {
    guard let word = Word(rawValue: text) else {
      throw JournalError(
        .damaged, "The row holds the word '\(text)', which this program does not know.", exchange: id)
    }
    return word
  }
}
