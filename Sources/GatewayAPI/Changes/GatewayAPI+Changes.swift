import Access
import Changes
import Documents
import HTTPService

extension GatewayAPI {
  static let changeParameters = ["after", "wait", "kinds", "limit"]
  /// Seconds.
  static let longestWait = 60

  func listChanges(_ request: HTTPServerRequest, _ consumer: Consumer) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.changeParameters)
    let after = try query.integer("after", in: 0...Int.max).map { Int64($0) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    let kinds = try Self.changeKinds(query.text("kinds"), consumer)
    let seconds = try query.integer("wait", in: 0...Self.longestWait) ?? 0
    let feed = parts.changes
    guard seconds > 0 else {
      let page = try await withDeadline(parts.deadline) {
        try await feed.page(after: after, kinds: kinds, limit: limit)
      }
      return try Self.json { writer in try ChangeWriter.write(page, to: &writer) }
    }
    let deadline = parts.deadline + .seconds(seconds)
    let page = try await waiting.wait(consumer.name) {
      try await withDeadline(deadline) {
        try await feed.page(after: after, kinds: kinds, limit: limit, waiting: .seconds(seconds))
      }
    }
    return try Self.json { writer in try ChangeWriter.write(page, to: &writer) }
  }

  /// Those that were asked for and may be seen; all that may be seen where none were asked for.
  private static func changeKinds(_ text: String?, _ consumer: Consumer) throws(APIProblem) -> Set<ChangeKind>
  {
    guard let text else { return Set(ChangeKind.allCases.filter(consumer.scopes.allows)) }
    var kinds: Set<ChangeKind> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = ChangeKind.allCases.map(\.rawValue)
      guard let kind = ChangeKind(rawValue: String(word)) else {
        throw APIProblem(
          .queryInvalid, "'kinds' are words with commas between: \(words.joined(separator: ", ")).",
          suggestion: Suggestion.nearest(to: String(word), in: words))
      }
      try Self.require(kind, of: consumer)
      kinds.insert(kind)
    }
    return kinds
  }

  static func require(_ kind: ChangeKind, of consumer: Consumer) throws(APIProblem) {
    guard consumer.scopes.allows(kind) else {
      throw APIProblem(
        .scopeMissing,
        "The scope '\(Scope.needed(for: kind).rawValue)' is needed for '\(kind.rawValue)'.")
    }
  }
}

/// Writes changes as the outside sees them.
enum ChangeWriter {
  static func write(_ page: ChangePage, to writer: inout JSONWriter) throws {
    try writer.member("changes") { writer throws in
      try writer.array { writer throws in
        for change in page.changes { try writer.object { writer throws in try change.write(to: &writer) } }
      }
    }
    writer.member("next", page.next)
  }
}
