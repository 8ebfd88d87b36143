import CivilTime
import Documents
import HTTPService
import Supply

extension GatewayAPI {
  /// What the parameters of figures and of orders have in common.
  static let indicatorParameters = ["from", "through", "by", "region", "customer"]

  func listIndicators(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let parameters = try QueryReader(request, known: Self.indicatorParameters + ["group"])
    let query = try Self.indicatorQuery(parameters, at: parts.now())
    let report = try await parts.indicators.report(
      query, by: try Self.grouping(parameters), at: parts.now())
    return Self.json { IndicatorWriter.writeMembers(report, query, to: &$0) }
  }

  func getIndicatorTable(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let parameters = try QueryReader(request, known: Self.indicatorParameters + ["group", "bom"])
    let hasMark = try parameters.flag("bom")
    let report = try await parts.indicators.report(
      try Self.indicatorQuery(parameters, at: parts.now()), by: try Self.grouping(parameters),
      at: parts.now())
    return HTTPServerResponse(
      status: 200,
      headers: [
        "Content-Type": "text/csv; charset=utf-8; header=present", "Cache-Control": "no-store",
        "Content-Disposition": "attachment; filename=indicators.csv",
      ], body: .bytes(IndicatorWriter.csv(report, hasMark: hasMark)))
  }

  func listIndicatorOrders(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let parameters = try QueryReader(
      request, known: Self.indicatorParameters + ["indicator", "outcome", "after", "limit"])
    guard let word = parameters.text("indicator"), let indicator = Indicator(word) else {
      throw APIProblem(
        .queryInvalid,
        "'indicator' is needed: online-applications, shared-certificates, shared-permits, average, or limit- and the step of a policy."
      )
    }
    let query = try Self.indicatorQuery(parameters, at: parts.now())
    let outcome = try parameters.word("outcome", among: OrderOutcome.self)
    let after = try parameters.integer("after", in: 1...Int.max).map {
      SupplyApplicationID(rawValue: Int64($0))
    }
    let limit = try parameters.integer("limit", in: Self.listLimits) ?? 100
    let (orders, next) = try await parts.indicators.orders(
      of: indicator, query, outcomes: outcome.map { [$0] }, after: after, limit: limit, at: parts.now())
    return Self.json { writer in
      writer.member("orders") { writer in
        writer.array { writer in
          for order in orders { writer.object { IndicatorWriter.writeMembers(order, to: &$0) } }
        }
      }
      writer.member("next", next?.rawValue)
    }
  }

  private static func grouping(_ parameters: QueryReader) throws(APIProblem) -> Set<IndicatorDimension> {
    guard let text = parameters.text("group") else { return Set(IndicatorDimension.allCases) }
    guard text != "none" else { return [] }
    let words = IndicatorDimension.allCases.map(\.rawValue)
    var dimensions: Set<IndicatorDimension> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let dimension = IndicatorDimension(rawValue: String(word)) else {
        throw APIProblem(
          .queryInvalid, "'group' is none, or some of \(words.joined(separator: ", ")) with commas between.",
          suggestion: Suggestion.nearest(to: String(word), in: words))
      }
      dimensions.insert(dimension)
    }
    return dimensions
  }

  private static func indicatorQuery(
    _ parameters: QueryReader, at now: Timestamp
  ) throws(APIProblem) -> IndicatorQuery {
    func month(_ name: String) throws(APIProblem) -> CivilMonth? {
      guard let text = parameters.text(name) else { return nil }
      guard let month = CivilMonth(text) else {
        throw APIProblem(.queryInvalid, "'\(name)' is a month such as 2026-03.")
      }
      return month
    }
    let through = try month("through")
    let from = try month("from") ?? through ?? CivilMonth(now)
    let last = through ?? max(from, CivilMonth(now))
    guard 1...IndicatorQuery.mostMonths ~= CivilMonth.count(from: from, through: last) else {
      throw APIProblem(
        .queryInvalid,
        "'from' and 'through' are the first and the last of at most \(IndicatorQuery.mostMonths) months.")
    }
    let region = parameters.text("region")
    if let region, !IndicatorQuery.isRegion(region) {
      throw APIProblem(.queryInvalid, "'region' is the beginning of an area code, two to six digits.")
    }
    let customer = parameters.text("customer")
    if let customer, !IndicatorQuery.customers.contains(customer) {
      throw APIProblem(
        .queryInvalid, "'customer' is one of \(IndicatorQuery.customers.joined(separator: ", ")).",
        suggestion: Suggestion.nearest(to: customer, in: IndicatorQuery.customers))
    }
    return IndicatorQuery(
      from: from, through: last, moment: try parameters.word("by", among: IndicatorMoment.self) ?? .applied,
      region: region, customer: customer)
  }
}
