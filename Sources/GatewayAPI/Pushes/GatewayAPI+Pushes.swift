import CivilTime
import Documents
import HTTPService
import Pushing

extension GatewayAPI {
  static let pushParameters = ["platform", "operation", "state", "case", "since", "until", "after", "limit"]

  static let noPush = APIProblem(.pushNotFound, "No push has this number.")

  func listPushes(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.pushParameters)
    var filter = PushFilter()
    filter.platform = query.text("platform")
    filter.operation = query.text("operation")
    guard filter.operation == nil || filter.platform != nil else {
      throw APIProblem(
        .queryInvalid, "'operation' stands beside 'platform': operations have their names from platforms.")
    }
    if let state = try query.word("state", among: PushState.self) { filter.states = [state] }
    filter.caseName = query.text("case")
    if let name = filter.caseName, Words.holdsIdentifier(name) {
      throw APIProblem(.identifierInAddress, "'case' is the number of a case and of nobody.")
    }
    filter.since = try query.timestamp("since")
    filter.until = try query.timestamp("until")
    filter.after = try query.integer("after", in: 1...Int.max).map { PushID(Int64($0)) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    filter.limit = limit + 1
    let page = ListPage(try await parts.pushes.list(filter), limit: limit)
    return Self.json { writer in
      writer.member("pushes") { writer in
        writer.array { writer in
          for push in page.elements { writer.object { PushWriter.writeMembers(push, to: &$0) } }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }

  func getPush(_ text: String) async throws -> HTTPServerResponse {
    guard let number = Self.number(text), let push = try await parts.pushes.push(PushID(number)) else {
      throw Self.noPush
    }
    let history = try await parts.pushes.history(of: push.id)
    return Self.json { writer in
      PushWriter.writeMembers(push, to: &writer)
      PushWriter.writeHistory(history, to: &writer)
    }
  }
}
