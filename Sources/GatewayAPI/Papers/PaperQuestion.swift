import Access
import Authorisations
import Certificates
import Documents
import HTTPService
import Materials
import Registry
import Supply

/// What is asked about materials and authorisations.
enum PaperQuestion: Sendable {
  case materials(HolderForm)
  case material(MaterialID)
  case file(MaterialID)
  case verify(MaterialID)
  case authorisations(HolderForm)
  case authorisation(AuthorisationID)

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int
  ) throws(APIProblem) -> PaperQuestion {
    switch action {
    case .searchMaterials: return .materials(try holder(request, largestBody))
    case .searchAuthorisations: return .authorisations(try holder(request, largestBody))
    case .readAuthorisation:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noAuthorisation }
      return .authorisation(AuthorisationID(rawValue: number))
    default:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noMaterial }
      let id = MaterialID(rawValue: number)
      return action == .readMaterial ? .material(id) : action == .verifyMaterial ? .verify(id) : .file(id)
    }
  }

  private static func holder(
    _ request: HTTPServerRequest, _ largestBody: Int
  ) throws(APIProblem) -> HolderForm {
    try BodyReader.read(request, largest: largestBody) { body in
      body.form { (value) throws(SupplyFormError) in try HolderForm(value) }
    }
  }

  /// What was looked for, for the audit.
  var keys: [LookupKey] {
    switch self {
    case .materials(let form), .authorisations(let form):
      [
        form.holder.code.map { LookupKey(.holderCode, $0) }
          ?? form.holder.name.map { LookupKey(.holderName, $0) }
      ].compactMap(\.self)
    case .material, .file, .verify, .authorisation: []
    }
  }

  /// What it is about, as the audit names it.
  var item: String? {
    switch self {
    case .materials, .authorisations: nil
    case .material(let id), .file(let id), .verify(let id): "material-\(id)"
    case .authorisation(let id): "authorisation-\(id)"
    }
  }
}
