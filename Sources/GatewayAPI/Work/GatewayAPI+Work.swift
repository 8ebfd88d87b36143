import Documents
import HTTPService
import Pushing
import Work

extension GatewayAPI {
  static let workParameters = ["kind", "platform", "lane", "state", "after", "limit"]
  static let noWork = APIProblem(.workNotFound, "No item of the work queue has this number.")

  func listWork(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.workParameters)
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    var filter = WorkFilter(
      kind: try query.word("kind", among: WorkKind.self), lane: query.text("lane"),
      state: try query.word("state", among: WorkState.self),
      after: try query.integer("after", in: 1...Int.max).map { WorkID(rawValue: Int64($0)) }, limit: limit + 1
    )
    filter.platform = query.text("platform")
    filter.isOpen = filter.state == nil
    var found = try await parts.pushes.queue.list(filter)
    let hasMore = found.count > limit
    if hasMore { found.removeLast() }
    return Self.json { writer in
      writer.member("work") { writer in
        writer.array { writer in
          for item in found { writer.object { WorkWriter.writeMembers(item, to: &$0) } }
        }
      }
      writer.member("next", hasMore ? found.last?.id.rawValue : nil)
    }
  }

  func getWork(_ text: String) async throws -> HTTPServerResponse {
    guard let number = Self.number(text),
      let item = try await parts.pushes.queue.item(WorkID(rawValue: number))
    else { throw Self.noWork }
    return Self.json { WorkWriter.writeMembers(item, to: &$0) }
  }
}
