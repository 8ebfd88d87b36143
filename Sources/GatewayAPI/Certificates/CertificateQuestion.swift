import Access
import Certificates
import CivilTime
import Documents
import HTTPService
import Registry
import Supply

/// What is asked about certificates, read from a request before anything is looked up.
enum CertificateQuestion: Sendable {
  case search(CertificateSearch)
  case match(CertificateMatch)
  case read(CertificateID, reveal: [Field])
  case history(CertificateID, reveal: [Field])
  case evidence(CertificateID, prove: Bool)
  /// What an application still needs.
  case supply(SupplyForm)
  /// A verdict that was kept, the latest if no version is given.
  case verdict(SupplyApplicationID, version: Int?)
  /// Materials and authorisations.
  case papers(PaperQuestion)
  /// The package of an application.
  case archive(SupplyApplicationID, reveal: [Field], withFiles: Bool)
  /// A project of the reserve, by its code or its number.
  case findProject(LookupKey)
  case project(ReserveProjectID)
  /// What it is as an application.
  case convert(ReserveProjectID, ReserveConversion)

  /// What was looked for, for the audit.
  var keys: [LookupKey] {
    switch self {
    case .search(let search): search.keys
    case .match(let match): match.keys
    case .papers(let question): question.keys
    case .findProject(let code): [code]
    case .read, .history, .evidence, .supply, .verdict, .archive, .project, .convert: []
    }
  }

  var reveal: [Field] {
    switch self {
    case .search(let search): search.reveal
    case .read(_, let reveal), .history(_, let reveal), .archive(_, let reveal, _): reveal
    case .match, .evidence, .supply, .verdict, .papers, .findProject, .project, .convert: []
    }
  }

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int,
    today: CivilDate
  ) throws(APIProblem) -> CertificateQuestion {
    switch action {
    case .search:
      return .search(try BodyReader.read(request, largest: largestBody, CertificateSearch.init))
    case .match:
      return .match(try BodyReader.read(request, largest: largestBody, CertificateMatch.init))
    case .read:
      let query = try QueryReader(request, known: ["reveal"])
      return .read(try id(parameters), reveal: try reveal(query))
    case .history:
      let query = try QueryReader(request, known: ["reveal"])
      return .history(try id(parameters), reveal: try reveal(query))
    case .evidence:
      let query = try QueryReader(request, known: ["prove"])
      return .evidence(try id(parameters), prove: try query.flag("prove"))
    case .evaluateSupply:
      return try BodyReader.read(request, largest: largestBody) { body in
        body.form { (value) throws(SupplyFormError) in .supply(try SupplyForm(value, today: today)) }
      }
    case .readSupply:
      let query = try QueryReader(request, known: ["version"])
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noSupply }
      return .verdict(
        SupplyApplicationID(rawValue: number), version: try query.integer("version", in: 1...Int.max))
    case .searchMaterials, .readMaterial, .readMaterialFile, .verifyMaterial, .searchAuthorisations,
      .readAuthorisation:
      return .papers(try PaperQuestion.read(action, request, parameters, largestBody: largestBody))
    case .archiveSupply:
      let query = try QueryReader(request, known: ["reveal", "files"])
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noSupply }
      return .archive(
        SupplyApplicationID(rawValue: number), reveal: try reveal(query),
        withFiles: try query.flag("files"))
    case .findProject:
      return try BodyReader.read(request, largest: largestBody) { body in
        guard let text = body.text("projectCode") else {
          body.fault("projectCode", "is needed: a text of 1 to 200 characters")
          return nil
        }
        return SearchKeys.key(.projectCode, text, "projectCode", body).map { .findProject($0) }
      }
    case .readProject: return .project(try project(parameters))
    case .convertProject:
      let id = try project(parameters)
      guard !request.body.isEmpty else { return .convert(id, .plain) }
      return try BodyReader.read(request, largest: largestBody) { body in
        body.form { (value) throws(SupplyFormError) in .convert(id, try ReserveConversion(value)) }
      }
    case .erase, .acknowledgeIncident, .closeIncident, .dismissDisagreement, .objectToDisagreement, .signPush,
      .retryPush, .cancelPush, .planReplay, .approveReplay, .startReplay, .stopReplay, .cancelReplay,
      .openPermit, .enterPermit, .supplementPermit, .withdrawPermit, .retryPermit,
      .releaseWork, .cancelWork, .createSubscription, .deleteSubscription, .resumeSubscription,
      .importProjects, .joinProject, .separateProject, .handInMaterial, .withdrawMaterial, .giveAuthorisation,
      .revokeAuthorisation,
      .connectSupply:
      preconditionFailure("\(action) asks nothing about certificates")
    }
  }

  private static func id(_ parameters: RouteParameters) throws(APIProblem) -> CertificateID {
    guard let id = CertificateID(rawValue: parameters["id"]) else {
      throw APIProblem(
        .identifierInAddress,
        "The id of a certificate begins with 'crt-'. Look for numbers and codes by POST /v1/certificates:search."
      )
    }
    return id
  }

  private static func project(_ parameters: RouteParameters) throws(APIProblem) -> ReserveProjectID {
    guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noProject }
    return ReserveProjectID(rawValue: number)
  }

  private static func reveal(_ query: QueryReader) throws(APIProblem) -> [Field] {
    guard let text = query.text("reveal") else { return [] }
    var fields: [Field] = []
    for path in text.split(separator: ",") {
      guard let field = RevealableField.field(String(path)) else {
        throw APIProblem(
          .queryInvalid, "'reveal' is a list of masked fields with commas between.",
          suggestion: Suggestion.nearest(to: String(path), in: RevealableField.paths))
      }
      fields.append(field)
    }
    return fields
  }
}

/// The fields that are masked unless a purpose allows them.
enum RevealableField {
  private static let fields = FieldSchema.all.filter { $0.mask.identifiesPerson }
  static let paths = fields.map(\.path)

  static func field(_ path: String) -> Field? { fields.first { $0.path == path } }
}

/// What certificates are found by, as callers name it.
enum SearchKeys {
  /// Member of a body, and what it looks for.
  static let members: [(name: String, domain: LookupDomain)] = [
    ("holderCode", .holderCode), ("holderName", .holderName), ("number", .number),
    ("identifier", .identifier),
    ("unitNumber", .unitNumber), ("projectCode", .projectCode),
  ]

  /// The keys of the friendly members. What is masked or empty is a fault.
  static func read(_ body: BodyReader) -> [(name: String, key: LookupKey, text: String)] {
    var keys: [(name: String, key: LookupKey, text: String)] = []
    for (name, domain) in members {
      guard let text = body.text(name), let key = key(domain, text, name, body) else { continue }
      keys.append((name, key, text))
    }
    return keys
  }

  static func key(_ domain: LookupDomain, _ text: String, _ name: String, _ body: BodyReader) -> LookupKey? {
    guard !text.contains("*"), !text.contains("＊") else {
      body.fault(name, "is masked; the whole text is needed")
      return nil
    }
    let key = LookupKey(domain, text)
    guard !key.text.isEmpty else {
      body.fault(name, "holds nothing to look for")
      return nil
    }
    return key
  }

  static func kinds(_ body: BodyReader) -> Set<CertificateKind> {
    let words = body.words("kinds", among: CertificateKind.allCases.map(\.rawValue)) ?? []
    return Set(words.compactMap(CertificateKind.init(rawValue:)))
  }
}

struct CertificateSearch: Sendable {
  static let mostHits = 200
  static let mostKeys = 8

  let keys: [LookupKey]
  let kinds: Set<CertificateKind>
  let limit: Int
  let reveal: [Field]

  init?(_ body: BodyReader) {
    var keys = SearchKeys.read(body).map(\.key)
    keys += body.objects("keys", most: Self.mostKeys) { entry in
      // A key that is passed over would find more than was asked for.
      guard let word = entry.text("domain"), let text = entry.text("value") else {
        entry.fault("needs domain and value")
        return nil
      }
      guard let domain = LookupDomain(rawValue: word) else {
        let words = LookupDomain.allCases.map(\.rawValue)
        entry.fault(
          "domain", "is one of \(words.joined(separator: ", "))",
          suggestion: Suggestion.nearest(to: word, in: words))
        return nil
      }
      return SearchKeys.key(domain, text, "value", entry)
    }
    kinds = SearchKeys.kinds(body)
    limit = body.integer("limit", in: 1...Self.mostHits, default: 50)
    let paths = body.words("reveal", among: RevealableField.paths) ?? []
    reveal = paths.compactMap(RevealableField.field)
    guard !keys.isEmpty else {
      body.fault("needs at least one of \(SearchKeys.members.map(\.name).joined(separator: ", ")) or keys")
      return nil
    }
    if !reveal.isEmpty, keys.allSatisfy({ $0.domain == .holderName }) {
      body.fault("reveal", "needs more than a name to look for: many people share one")
    }
    var unique: [LookupKey] = []
    for key in keys where !unique.contains(key) { unique.append(key) }
    self.keys = unique
  }
}
