import CivilTime
import Crypto
import Exchanges
import Journal
import SQLDatabase
import TestSupport

/// A journal in a folder of its own, with exchanges to put into it.
struct JournalFixture {
  let folder = TemporaryFolder()
  let database: Database
  let journal: Journal
  let keys: KeyRing

  init(keys: KeyRing = .ephemeral(), _ change: (inout DatabaseConfiguration) -> Void = { _ in }) async throws
  {
    self.keys = keys
    var configuration = DatabaseConfiguration()
    configuration.pageSize = 4096
    change(&configuration)
    database = try Database(path: folder.file("journal.db"), configuration: configuration)
    try await database.migrate(JournalSchema.component)
    journal = Journal(database: database, keys: keys)
  }

  /// Another journal over the same rows.
  func journal(keys: KeyRing) -> Journal { Journal(database: database, keys: keys) }

  static func exchange(
    platform: String = "zj", operation: String = "licences", outcome: Outcome = .succeeded,
    problem: ExchangeProblem? = nil, request: String = "page=1", response: String = "{\"rows\":[]}",
    parent: ExchangeID? = nil, requestID: String = ""
  ) -> Exchange {
    Exchange(
      platform: platform, operation: operation, method: "POST",
      address: "https://api.example.cn/rest/licences?cardNo=330106198001010011",
      requestHeaders: [ExchangeHeader(name: "X-BG-HMAC-ACCESS-KEY", value: Redaction.mark)],
      requestBody: Array(request.utf8), status: 200,
      responseHeaders: [
        ExchangeHeader(name: "Content-Type", value: "application/json;charset=UTF-8"),
        ExchangeHeader(name: "Set-Cookie", value: Redaction.mark),
      ],
      responseBody: Array(response.utf8), created: Timestamp(milliseconds: 1_700_000_000_000),
      sent: Timestamp(milliseconds: 1_700_000_000_010), received: Timestamp(milliseconds: 1_700_000_000_200),
      attempt: 2, parent: parent, outcome: outcome, problem: problem, requestID: requestID)
  }

  static let problem = ExchangeProblem(
    code: "envelope-refused", errorClass: .platform, message: "the platform wrote: 张三 not found",
    remedy: "ask the platform")

  /// Every byte of the database file and its log.
  func bytesOnDisk() throws -> [UInt8] {
    try folder.read("journal.db") + folder.read("journal.db-wal")
  }
}

extension [UInt8] {
  func contains(bytesOf text: String) -> Bool {
    let needle = Array(text.utf8)
    guard count >= needle.count else { return false }
    return indices.dropLast(needle.count - 1).contains { start in
      self[start] == needle[0] && self[start..<start + needle.count].elementsEqual(needle)
    }
  }
}

func code(_ body: () async throws -> Void) async throws -> JournalError.Code? {
  do {
    try await body()
    return nil
  } catch let error as JournalError {
    return error.code
  }
}
