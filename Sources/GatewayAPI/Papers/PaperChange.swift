import Access
import Authorisations
import CivilTime
import Documents
import HTTPService
import Materials
import Supply

/// What somebody decides about materials and authorisations by a call.
enum PaperChange: Sendable {
  /// The application where the address names it.
  case handIn(MaterialForm, for: SupplyApplicationID?)
  case withdraw(MaterialID, reason: String)
  case authorise(AuthorisationForm)
  case revoke(AuthorisationID, reason: String)

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int,
    codes: Set<String>, purposes: [String], now: Timestamp
  ) throws(APIProblem) -> PaperChange {
    switch action {
    case .handInMaterial:
      var id: SupplyApplicationID?
      if let word = parameters.value(of: "id") {
        guard let number = GatewayAPI.number(word) else { throw GatewayAPI.noSupply }
        id = SupplyApplicationID(rawValue: number)
      }
      return try BodyReader.read(request, largest: largestBody) { body in
        body.form { (value) throws(SupplyFormError) in
          .handIn(try MaterialForm(value, codes: codes, isForOne: id != nil), for: id)
        }
      }
    case .giveAuthorisation:
      return try BodyReader.read(request, largest: largestBody) { body in
        body.form { (value) throws(SupplyFormError) in
          .authorise(try AuthorisationForm(value, purposes: purposes, now: now))
        }
      }
    case .withdrawMaterial:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noMaterial }
      return try BodyReader.read(request, largest: largestBody) { body in
        body.reason().map { .withdraw(MaterialID(rawValue: number), reason: $0) }
      }
    default:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noAuthorisation }
      return try BodyReader.read(request, largest: largestBody) { body in
        body.reason().map { .revoke(AuthorisationID(rawValue: number), reason: $0) }
      }
    }
  }

  /// What it is about, as the audit names it; nil for what has no number yet.
  var item: String? {
    switch self {
    case .handIn(_, let id): id.map { "supply-\($0)" }
    case .authorise: nil
    case .withdraw(let id, _): "material-\(id)"
    case .revoke(let id, _): "authorisation-\(id)"
    }
  }

  var reason: String? {
    switch self {
    case .handIn, .authorise: nil
    case .withdraw(_, let reason), .revoke(_, let reason): reason
    }
  }
}
