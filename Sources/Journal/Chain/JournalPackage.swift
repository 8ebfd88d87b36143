internal import CivilTime
internal import Crypto
internal import Documents
internal import Exchanges

/// The lines of an export: what `docs/reference/journal-export.md` describes.
enum JournalPackage {
  static let format = "zhengdian-journal-export"
  static let version = 4
  /// Those that are read: older programs wrote 3 of a range, and 1 or 2 of exchanges without saying which.
  static let versions = 1...version
  static let oldRangeVersion = 3

  static func head(_ bounds: PackageBounds, of choice: PackageChoice) -> [UInt8] {
    line { writer in
      writer.member("format", format)
      writer.member("version", version)
      writer.member("first", bounds.first)
      writer.member("linkBefore", Hex.encode(bounds.linkBefore))
      switch choice {
      case .exchanges(let exchanges):
        writer.member("exchanges") {
          $0.array { for exchange in exchanges.sorted() { $0.integer(exchange) } }
        }
      case .range(let range):
        writer.member("last", range.entries.upperBound)
        if let platform = range.platform { writer.member("platform", platform) }
        if let operation = range.operation { writer.member("operation", operation) }
      }
    }
  }

  static func line(_ checkpoint: JournalCheckpoint) -> [UInt8] {
    line { writer in
      writer.member("checkpoint", checkpoint.number)
      writer.member("made", checkpoint.made.milliseconds)
      writer.member("link", Hex.encode(checkpoint.link))
      writer.member("publicKey", Hex.encode(checkpoint.publicKey))
      writer.member("signature", Hex.encode(checkpoint.signature))
    }
  }

  /// - Parameter opened: salted contents to give in clear.
  static func line(_ entry: PackagedEntry, opened: [ExchangePart: [UInt8]]) -> [UInt8] {
    line { writer in
      writer.member("entry", entry.number)
      writer.member("kind", "\(entry.kind)")
      writer.member("exchange", entry.exchange)
      writer.member("moment", entry.moment)
      writer.member("link", Hex.encode(entry.link))
      if let row = entry.row {
        if entry.kind == .answered {
          writer.member("answer") { writer in writer.object { write(answer: row.summary, to: &$0) } }
        } else {
          writer.member("row") { writer in
            writer.object { write(row.summary.asRecorded, row.token, to: &$0) }
          }
        }
        write(entry.stored, opened, to: &writer)
      } else if let content = entry.content {
        writer.member("content", Hex.encode(content))
        if let problem = entry.stored { write(problem, opened, to: &writer) }
      } else {
        writer.member("digest", Hex.encode(entry.digest))
      }
    }
  }

  private static func write(
    _ stored: StoredExchange?, _ opened: [ExchangePart: [UInt8]], to writer: inout JSONWriter
  ) {
    writer.member("parts") { writer in
      writer.object { writer in
        for part in ExchangePart.allCases {
          guard let sealed = stored?.parts[part]?.sealed else { continue }
          writer.member(part.word) { writer in
            writer.object { writer in
              writer.member("sealed", Base64.encode(sealed))
              if let content = opened[part] { writer.member("content", Base64.encode(content)) }
            }
          }
        }
      }
    }
  }

  private static func write(_ exchange: ExchangeSummary, _ token: [UInt8], to writer: inout JSONWriter) {
    writer.member("id", exchange.id.rawValue)
    writer.member("token", Hex.encode(token))
    writer.member("platform", exchange.platform)
    writer.member("operation", exchange.operation)
    writer.member("direction", exchange.direction.rawValue)
    writer.member("method", exchange.method)
    writer.member("address", exchange.addressOutline)
    if let status = exchange.status { writer.member("status", status) }
    writer.member("created", exchange.created.milliseconds)
    if let sent = exchange.sent { writer.member("sent", sent.milliseconds) }
    if let received = exchange.received { writer.member("received", received.milliseconds) }
    writer.member("recorded", exchange.recorded.milliseconds)
    writer.member("attempt", exchange.attempt)
    if let parent = exchange.parent { writer.member("parent", parent.rawValue) }
    writer.member("requestID", exchange.requestID)
    if let type = exchange.requestContentType { writer.member("requestType", type) }
    writer.member("requestSize", exchange.requestSize)
    if let type = exchange.responseContentType { writer.member("responseType", type) }
    writer.member("responseSize", exchange.responseSize)
    writer.member("requestSealed", Hex.encode(exchange.digests.requestSealed))
    writer.member("requestContent", Hex.encode(exchange.digests.requestContent))
    if let digest = exchange.digests.responseSealed { writer.member("responseSealed", Hex.encode(digest)) }
    if let digest = exchange.digests.responseContent { writer.member("responseContent", Hex.encode(digest)) }
  }

  /// Reads what `write` wrote.
  static func row(_ value: JSONValue) throws -> (summary: ExchangeSummary, token: [UInt8])? {
    func text(_ name: String) -> String? { value[name]?.string }
    func integer(_ name: String) -> Int64? { value[name]?.integer.map { Int64($0) } }
    func moment(_ name: String) -> Timestamp? { integer(name).map { Timestamp(milliseconds: $0) } }
    func digest(_ name: String) throws -> [UInt8]? { try text(name).map { try Hex.decode($0) } }
    guard let id = integer("id"), let token = try digest("token"), let platform = text("platform"),
      let operation = text("operation"),
      let direction = text("direction").flatMap(ExchangeDirection.init(rawValue:)),
      let method = text("method"), let address = text("address"), let created = moment("created"),
      let recorded = moment("recorded"), let attempt = integer("attempt"), let requestID = text("requestID"),
      let requestSize = integer("requestSize"), let responseSize = integer("responseSize"),
      let requestSealed = try digest("requestSealed"), let requestContent = try digest("requestContent")
    else { return nil }
    let summary = ExchangeSummary(
      id: ExchangeID(id), platform: platform, operation: operation, direction: direction, method: method,
      addressOutline: address, status: integer("status").map { Int($0) }, created: created,
      sent: moment("sent"), received: moment("received"), recorded: recorded, attempt: Int(attempt),
      parent: integer("parent").map { ExchangeID($0) }, requestID: requestID, outcome: .unknown,
      problemCode: nil, problemClass: nil, requestContentType: text("requestType"),
      requestSize: Int(requestSize), responseContentType: text("responseType"),
      responseSize: Int(responseSize),
      digests: ExchangeDigests(
        requestSealed: requestSealed, responseSealed: try digest("responseSealed"),
        requestContent: requestContent, responseContent: try digest("responseContent")), erased: nil,
      answered: nil)
    return (summary, token)
  }

  private static func write(answer exchange: ExchangeSummary, to writer: inout JSONWriter) {
    if let answered = exchange.answered { writer.member("answered", answered.milliseconds) }
    if let status = exchange.status { writer.member("status", status) }
    if let sent = exchange.sent { writer.member("sent", sent.milliseconds) }
    if let received = exchange.received { writer.member("received", received.milliseconds) }
    if let type = exchange.responseContentType { writer.member("responseType", type) }
    writer.member("responseSize", exchange.responseSize)
    if let digest = exchange.digests.responseSealed { writer.member("responseSealed", Hex.encode(digest)) }
    if let digest = exchange.digests.responseContent { writer.member("responseContent", Hex.encode(digest)) }
  }

  /// Reads what an answer added to an exchange; what it says of the exchange itself is empty.
  static func answer(_ value: JSONValue, of exchange: Int64) throws -> ExchangeSummary? {
    func integer(_ name: String) -> Int64? { value[name]?.integer.map { Int64($0) } }
    func moment(_ name: String) -> Timestamp? { integer(name).map { Timestamp(milliseconds: $0) } }
    func digest(_ name: String) throws -> [UInt8]? { try value[name]?.string.map { try Hex.decode($0) } }
    guard let answered = moment("answered"), let responseSize = integer("responseSize") else { return nil }
    return ExchangeSummary(
      id: ExchangeID(exchange), platform: "", operation: "", direction: .outbound, method: "",
      addressOutline: "", status: integer("status").map { Int($0) }, created: answered, sent: moment("sent"),
      received: moment("received"), recorded: answered, attempt: 0, parent: nil, requestID: "",
      outcome: .unknown, problemCode: nil, problemClass: nil, requestContentType: nil, requestSize: 0,
      responseContentType: value["responseType"]?.string, responseSize: Int(responseSize),
      digests: ExchangeDigests(
        requestSealed: [], responseSealed: try digest("responseSealed"), requestContent: [],
        responseContent: try digest("responseContent")), erased: nil, answered: answered)
  }

  private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { body(&$0) }
    return writer.takeBytes()
  }
}
