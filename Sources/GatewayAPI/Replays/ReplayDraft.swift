import CivilTime
import Exchanges
import Replay

/// A replay as a caller wants it planned.
struct ReplayDraft: Sendable {
  static let mostIDs = 10_000
  static let canary = 0...1_000_000
  static let rate = 1...10_000
  static let mostErrors = 0...100

  let query: ReplayQuery
  let depth: ReplayDepth
  let terms: ReplayTerms
  let reason: String

  /// nil only after a fault.
  init?(_ body: BodyReader) {
    let query = body.object("query") { Self.query($0) }
    if query == nil, !body.has("query") { body.fault("query", "is needed") }
    let depth = body.word("depth", among: ReplayDepth.self)
    if depth == nil, !body.has("depth") { body.fault("depth", "is needed") }
    let terms = body.object("terms") { Self.terms($0) } ?? ReplayTerms()
    guard let reason = body.reason(), let query, let depth else { return nil }
    (self.query, self.depth, self.terms, self.reason) = (query, depth, terms, reason)
  }

  private static func query(_ body: BodyReader) -> ReplayQuery? {
    let names = ["platform", "operation"].compactMap { name -> String? in
      let text = body.text(name)
      if text == nil, !body.has(name) { body.fault(name, "is needed") }
      return text
    }
    let outcome = body.word("outcome", among: Outcome.self)
    let errorClass = body.word("class", among: ErrorClass.self)
    let (since, until) = (body.timestamp("since"), body.timestamp("until"))
    let version =
      body.has("mappingVersion") ? body.integer("mappingVersion", in: 1...1_000_000, default: 1) : nil
    let sequence = body.text("case")
    let ids = body.integers("ids", in: 1...Int.max, most: mostIDs) ?? []
    guard names.count == 2 else { return nil }
    var query = ReplayQuery(platform: names[0], operation: names[1])
    (query.outcome, query.errorClass, query.since, query.until) = (outcome, errorClass, since, until)
    (query.mappingVersion, query.sequence, query.ids) = (version, sequence, Set(ids.map { Int64($0) }))
    return query
  }

  private static func terms(_ body: BodyReader) -> ReplayTerms {
    var terms = ReplayTerms()
    terms.canary = body.integer("canary", in: canary, default: terms.canary)
    terms.rate = Double(body.integer("rate", in: rate, default: Int(terms.rate)))
    terms.mostErrors = Double(body.integer("mostErrors", in: mostErrors, default: Int(terms.mostErrors)))
    return terms
  }
}
