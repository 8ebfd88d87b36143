import Documents
import Exchanges
import HTTPService
import Journal

extension GatewayAPI {
  static let exchangeParameters = [
    "platform", "operation", "outcome", "problemClass", "requestId", "since", "until", "after", "limit",
  ]

  static let exchangeLimits = 1...500

  func listExchanges(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.exchangeParameters)
    var filter = ExchangeFilter()
    filter.platform = query.text("platform")
    filter.operation = query.text("operation")
    guard filter.operation == nil || filter.platform != nil else {
      throw APIProblem(
        .queryInvalid, "'operation' stands beside 'platform': operations have their names from platforms.")
    }
    filter.outcome = try query.word("outcome", among: Outcome.self)
    filter.problemClass = try query.word("problemClass", among: ErrorClass.self)
    filter.requestID = query.text("requestId")
    filter.since = try query.timestamp("since")
    filter.until = try query.timestamp("until")
    filter.after = try query.integer("after", in: 1...Int.max).map { ExchangeID(Int64($0)) }
    let limit = try query.integer("limit", in: Self.exchangeLimits) ?? 100
    filter.limit = limit + 1
    let page = ListPage(try await parts.journal.list(filter), limit: limit)
    return Self.json { writer in
      writer.member("exchanges") { writer in
        writer.array { writer in
          for exchange in page.elements { ExchangeWriter.write(exchange, to: &writer) }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }

  func getExchange(_ text: String) async throws -> HTTPServerResponse {
    guard text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text),
      let exchange = try await parts.journal.summary(ExchangeID(id))
    else {
      throw APIProblem(.exchangeNotFound, "No exchange has this number.")
    }
    var writer = JSONWriter(reservingCapacity: 1024)
    ExchangeWriter.write(exchange, to: &writer)
    return Self.answer(writer.takeBytes())
  }
}
