import Access
import Applications
import Calendars
import CivilTime
import Documents
import HTTPService
import Permits
import SQLDatabase

/// What somebody decides about permits by a call.
enum PermitChange: Sendable {
  /// What a case is opened with; read when it is known by which day and for which request.
  case open(JSONDocument)
  case enter(PermitPlace, PermitEvent?, happened: CivilDateTime?, Details)
  /// Of the utility's own process, and of no permit.
  case step(PermitCaseID, ProcessEvent?, happened: CivilDateTime?, Details)
  case supplement(PermitPlace, [PermitMaterial], remarks: String?)
  case withdraw(PermitPlace, remarks: String?, reason: String)
  case retry(PermitPlace, [PermitMaterial], remarks: String?, reason: String)

  /// What is entered with an event.
  struct Details: Sendable {
    var retracts: Int?
    var note: String?
    var decision: String?
    var reason: String
  }

  static let longestNote = 500
  /// Of attempts at one item.
  static let attempts = 1...1000

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int
  ) throws(APIProblem) -> PermitChange {
    if action == .openPermit {
      return try BodyReader.read(request, largest: largestBody) { body in
        body.form { (value) throws(PermitFormError) in
          // Shape and faults are the same whatever the day.
          let project = try PermitForm.project(value).map { _ in PermitProject.anyone }
          _ = try PermitForm.request(
            value, project: project, today: CivilDate(daysSinceEpoch: 0), requestID: "")
          return (try? JSONDocument(parsing: value.writtenBytes)).map { .open($0) }
        } ?? nil
      }
    }
    guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noPermit }
    let id = PermitCaseID(rawValue: number)
    return try BodyReader.read(request, largest: largestBody) { body in
      read(action, id, body)
    }
  }

  private static func read(
    _ action: AccessAction, _ id: PermitCaseID, _ body: BodyReader
  ) -> PermitChange? {
    if action == .enterPermit, body.has("step") {
      // Named by its word that it is only taken back, since a permit's entry would be without it.
      let isTakenBack = body.text("step") == ClockEvent.retraction
      let step = isTakenBack ? nil : body.word("step", among: ProcessEvent.self)
      guard let (event, happened, details) = entry(step, body) else { return nil }
      return .step(id, event, happened: happened, details)
    }
    guard let place = place(id, body) else { return nil }
    switch action {
    case .supplementPermit:
      let remarks = body.text("remarks")
      return body.form(of: ["materials"]) { (value) throws(PermitFormError) in
        .supplement(place, try PermitForm.materials(value), remarks: remarks)
      }
    case .withdrawPermit:
      let remarks = body.text("remarks")
      return body.reason().map { .withdraw(place, remarks: remarks, reason: $0) }
    case .retryPermit:
      let remarks = body.text("remarks")
      let reason = body.reason()
      return body.form(of: ["materials"]) { (value) throws(PermitFormError) in
        let materials = value["materials"] == nil ? [] : try PermitForm.materials(value)
        return reason.map { .retry(place, materials, remarks: remarks, reason: $0) }
      } ?? nil
    default:
      let word = body.word("event", among: PermitEvent.self)
      if !body.has("event"), !body.has("retracts") {
        body.fault("event", "is needed: what happened, unless an entry is only taken back")
      }
      guard let (event, happened, details) = entry(word, body) else { return nil }
      return .enter(place, event, happened: happened, details)
    }
  }

  /// What is said with an event, or where an entry is only taken back.
  private static func entry<Event>(
    _ event: Event?, _ body: BodyReader
  ) -> (event: Event?, happened: CivilDateTime?, details: Details)? {
    let retracts = body.has("retracts") ? body.integer("retracts", in: 1...Int.max, default: 0) : nil
    var happened: CivilDateTime?
    if let text = body.text("happened") {
      happened = CivilDateTime(iso: text)
      if happened == nil { body.fault("happened", "must be a time in China such as 2026-08-03T10:30:00") }
    }
    let (note, decision) = (body.text("note", most: longestNote), body.text("decision"))
    guard let reason = body.reason() else { return nil }
    return (event, happened, Details(retracts: retracts, note: note, decision: decision, reason: reason))
  }

  private static func place(_ id: PermitCaseID, _ body: BodyReader) -> PermitPlace? {
    let attempt = body.has("attempt") ? body.integer("attempt", in: attempts, default: 1) : nil
    guard let item = body.word("item", among: PermitItem.self) else {
      if !body.has("item") { body.fault("item", "is needed: which permit") }
      return nil
    }
    return PermitPlace(id, item, attempt: attempt)
  }

  var permitCase: PermitCaseID? {
    switch self {
    case .open: nil
    case .step(let id, _, _, _): id
    case .enter(let place, _, _, _), .supplement(let place, _, _), .withdraw(let place, _, _),
      .retry(let place, _, _, _):
      place.permitCase
    }
  }

  /// Why, where it is said.
  var reason: String? {
    switch self {
    case .open, .supplement: nil
    case .enter(_, _, _, let details), .step(_, _, _, let details): details.reason
    case .withdraw(_, _, let reason), .retry(_, _, _, let reason): reason
    }
  }
}
