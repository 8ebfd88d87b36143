import Access
import Certificates
import CivilTime
import Documents
import HTTPService
import Registry
import Supply

extension GatewayAPI {
  static let noProject = APIProblem(
    .projectNotFound, "No project of the reserve has this number or code.")

  func listProjects(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: ["stage", "region", "after", "limit"])
    let stage = try query.word("stage", among: ReserveStage.self)
    let region = query.text("region")
    if let region, !(2...6 ~= region.utf8.count && region.utf8.allSatisfy { (0x30...0x39).contains($0) }) {
      throw APIProblem(.queryInvalid, "'region' is the beginning of an area code, two to six digits.")
    }
    let after = try query.integer("after", in: 1...Int.max).map { ReserveProjectID(rawValue: Int64($0)) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    let page = ListPage(
      try await parts.reserve.store.list(
        ReserveStore.Filter(stage: stage, region: region, before: after, limit: limit + 1)), limit: limit)
    return Self.json { writer in
      writer.member("projects") { writer in
        writer.array { writer in
          for project in page.elements {
            writer.object { ProjectWriter.writeMembers(project, to: &$0) }
          }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }

  func find(_ code: LookupKey) async throws -> CertificateLook {
    guard let id = try await parts.reserve.store.project(code: code.text) else { throw Self.noProject }
    return try await show(id)
  }

  func show(_ id: ReserveProjectID) async throws -> CertificateLook {
    let detail = try await parts.reserve.store.detail(id)
    return CertificateLook(
      response: Self.json { ProjectWriter.writeMembers(detail, to: &$0) },
      certificates: detail.certificates, item: "project-\(id)")
  }

  /// The audit has what was looked for and what was found for the verdict.
  func convert(
    _ id: ReserveProjectID, _ conversion: ReserveConversion, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> CertificateLook {
    let converted = try await parts.reserve.convert(id, conversion, for: asker, at: moment)
    return CertificateLook(
      response: HTTPServerResponse.json(converted.verdict.signed),
      certificates: try converted.answer?.certificates ?? converted.verdict.certificates,
      keys: converted.answer?.keys ?? [], item: "project-\(id)")
  }
}
