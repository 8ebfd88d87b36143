import Certificates
import Documents
import HTTPService
import Registry

extension GatewayAPI {
  static let disagreementParameters = [
    "kind", "field", "platform", "certificate", "state", "after", "limit",
  ]

  func listDisagreements(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.disagreementParameters)
    var filter = DisagreementFilter()
    filter.kind = try query.word("kind", among: CertificateKind.self)
    filter.field = query.text("field")
    filter.platform = query.text("platform")
    if let text = query.text("certificate") {
      guard let id = CertificateID(rawValue: text) else {
        throw APIProblem(.identifierInAddress, "'certificate' is the id of one and begins with 'crt-'.")
      }
      filter.certificate = id
    }
    if let state = try query.word("state", among: Disagreement.State.self) { filter.states = [state] }
    filter.after = try query.integer("after", in: 1...Int.max).map { DisagreementID(rawValue: Int64($0)) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    filter.limit = limit + 1
    let page = ListPage(try await parts.registry.disagreements(filter), limit: limit)
    return Self.json { writer in
      writer.member("disagreements") { writer in
        writer.array { writer in
          for disagreement in page.elements {
            writer.object { DisagreementWriter.write(disagreement, to: &$0) }
          }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }
}
