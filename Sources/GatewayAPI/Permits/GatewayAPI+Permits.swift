import Calendars
import CivilTime
import Documents
import HTTPService
import Permits

extension GatewayAPI {
  enum PermitStanding: String, CaseIterable { case open, closed }

  static let noPermit = APIProblem(.permitNotFound, "No permit case has this number, or no such item.")

  func listPermitCases(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: ["state", "after", "limit"])
    let state = try query.word("state", among: PermitStanding.self)
    let after = try query.integer("after", in: 1...Int.max).map { PermitCaseID(rawValue: Int64($0)) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    let page = ListPage(
      try await parts.permits.permits.list(
        isOpen: state.map { $0 == .open }, before: after, limit: limit + 1), limit: limit)
    return Self.json { writer in
      writer.member("cases") { writer in
        writer.array { writer in
          for permitCase in page.elements {
            writer.object { PermitWriter.writeMembers(permitCase, to: &$0) }
          }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }

  func getPermitBoard(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: ["at", "bom"])
    let time = try query.timestamp("at")
    let hasMark = try query.flag("bom")
    let board = try await parts.permits.permits.board(
      at: (time ?? parts.now()).civil(offsetSeconds: UTCOffset.china), knownAt: time)
    return HTTPServerResponse(
      status: 200,
      headers: [
        "Content-Type": "text/csv; charset=utf-8; header=present", "Cache-Control": "no-store",
        "Content-Disposition": "attachment; filename=permit-board.csv",
      ], body: .bytes(PermitBoardText.csv(board, hasMark: hasMark)))
  }

  func getPermitCase(_ text: String, _ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: ["known-at", "explain"])
    guard let number = Self.number(text) else { throw Self.noPermit }
    return try await permitCase(
      PermitCaseID(rawValue: number), knownAt: try query.timestamp("known-at"),
      explained: try query.flag("explain"))
  }

  private func permitCase(
    _ id: PermitCaseID, knownAt time: Timestamp? = nil, explained: Bool = false
  ) async throws -> HTTPServerResponse {
    let now = (time ?? parts.now()).civil(offsetSeconds: UTCOffset.china)
    let permits = parts.permits.permits
    let report = try await permits.report(id, at: now, knownAt: time)
    return Self.json { writer in
      PermitWriter.writeMembers(
        report,
        account: explained
          ? { PermitAccount($0, of: report.view, permits.calendar, at: now, knownAt: time) } : nil,
        totalAccount: explained
          ? { PermitAccount($0, of: report.view, permits.calendar, at: now) } : nil,
        processAccount: explained
          ? { PermitAccount($0, of: report, permits.calendar, at: now) } : nil, to: &writer)
    }
  }

  /// The call is in the audit already.
  func carryOut(
    _ decision: PermitChange, by name: String, _ call: APICall
  ) async throws -> HTTPServerResponse {
    let desk = parts.permits
    let today = call.now.civil(offsetSeconds: UTCOffset.china)
    switch decision {
    case .open(let form):
      let request: PermitRequest
      do {
        request = try await desk.read(form.root, today: today.date, requestID: call.requestID)
      } catch let error as PermitFormError {
        throw APIProblem(.permitUnfit, "\(error).")
      }
      return try await permitCase(try await desk.open(request).id)
    case .enter(let place, let event, let happened, let details):
      _ = try await desk.enter(
        PermitEntry(
          event, happened: happened ?? today, source: .person, reference: "entry",
          retracts: details.retracts.map { Int64($0) }, note: details.note, decision: details.decision,
          signOff: try call.signOff(name, details.reason)), of: place)
      return try await permitCase(place.permitCase)
    case .step(let id, let event, let happened, let details):
      _ = try await desk.enter(
        ProcessEntry(
          event, happened: happened ?? today, retracts: details.retracts.map { Int64($0) },
          note: details.note,
          signOff: try call.signOff(name, details.reason)), of: id)
      return try await permitCase(id)
    case .supplement(let place, let materials, let remarks):
      _ = try await desk.supplement(place, with: materials, remarks: remarks)
      return try await permitCase(place.permitCase)
    case .withdraw(let place, let remarks, let reason):
      _ = try await desk.withdraw(place, remarks: remarks, by: try call.signOff(name, reason))
      return try await permitCase(place.permitCase)
    case .retry(let place, let materials, let remarks, _):
      _ = try await desk.retry(place, with: materials, remarks: remarks)
      return try await permitCase(place.permitCase)
    }
  }
}
