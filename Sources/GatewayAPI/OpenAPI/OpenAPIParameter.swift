import Certificates
import Changes
import Documents
import Exchanges
import Pushing
import Registry
import Supply
import Sync
import Work

/// A parameter of a route: a header, a part of the address, or of its query.
struct OpenAPIParameter {
  enum Place: String {
    case header, path, query
  }

  var name: String
  var place: Place
  var isRequired = false
  var description: String
  var type = "string"
  var pattern: String?
  var format: String?
  var words: [String] = []
  /// Several words with commas between.
  var isList = false
  /// Of an integer, or of the length of a text.
  var range: ClosedRange<Int>?

  static func of(_ route: APIRoute) -> [OpenAPIParameter] {
    var parameters: [OpenAPIParameter] = []
    if case .certificates = route.access { parameters += headers }
    if case .decision = route.access { parameters.append(operatorHeader) }
    if route.access != .open { parameters.append(requestID) }
    switch route.operation {
    case .getCertificate, .getCertificateHistory: parameters += [certificateID, reveal]
    case .getCertificateEvidence: parameters += [certificateID, prove]
    case .listExchanges: parameters += exchangeFilter
    case .getExchange:
      parameters.append(
        OpenAPIParameter(
          name: "id", place: .path, isRequired: true, description: "The exchange's number.", type: "integer",
          range: 1...Int.max))
    case .listIncidents: parameters += incidentFilter
    case .getIncident, .acknowledgeIncident, .closeIncident:
      parameters.append(number("The incident's number."))
    case .listDisagreements: parameters += disagreementFilter
    case .dismissDisagreement: parameters.append(number("The disagreement's number."))
    case .listPushes: parameters += pushFilter
    case .getPush, .signPush, .retryPush, .cancelPush: parameters.append(number("The push's number."))
    case .listReplays:
      parameters.append(
        OpenAPIParameter(
          name: "limit", place: .query, description: "100 when not given.", type: "integer",
          range: GatewayAPI.listLimits))
    case .listReplayDifferences:
      parameters += [
        number("The replay's number."),
        OpenAPIParameter(
          name: "after", place: .query, description: "Goes on behind this item: `next` of the page before.",
          type: "integer", range: 1...Int.max),
        OpenAPIParameter(
          name: "limit", place: .query, description: "Items, not differences; 20 when not given.",
          type: "integer", range: GatewayAPI.differencePages),
      ]
    case .getReplay, .getReplayEvents, .approveReplay, .startReplay, .stopReplay, .cancelReplay:
      parameters.append(number("The replay's number."))
    case .listWork: parameters += workFilter
    case .getWork, .releaseWork, .cancelWork: parameters.append(number("The item's number."))
    case .listPermitCases:
      parameters +=
        [
          OpenAPIParameter(
            name: "state", place: .query, description: "Only those that are so.",
            words: GatewayAPI.PermitStanding.allCases.map(\.rawValue))
        ] + page
    case .getPermitBoard:
      parameters += [
        OpenAPIParameter(
          name: "at", place: .query, description: "As it was then, by what was known then, RFC 3339.",
          format: "date-time"),
        OpenAPIParameter(
          name: "bom", place: .query, description: "Begins with a byte order mark, for spreadsheets.",
          type: "boolean"),
      ]
    case .getPermitCase:
      parameters += [
        number("The case's number."),
        OpenAPIParameter(
          name: "known-at", place: .query, description: "As it was believed to be then, RFC 3339.",
          format: "date-time"),
        OpenAPIParameter(
          name: "explain", place: .query, description: "Also how each deadline came about, day by day.",
          type: "boolean"),
      ]
    case .enterPermitEvent, .supplementPermit, .withdrawPermit, .retryPermit:
      parameters.append(number("The case's number."))
    case .getSupply:
      parameters += [
        number("The application's number."),
        OpenAPIParameter(
          name: "version", place: .query, description: "Of the verdict; the latest when not given.",
          type: "integer", range: 1...Int.max),
      ]
    case .getMaterial, .getMaterialFile, .verifyMaterial, .withdrawMaterial:
      parameters.append(number("The material's number."))
    case .getAuthorisation, .revokeAuthorisation:
      parameters.append(number("The authorisation's number."))
    case .connectSupply, .handInSupplyMaterial: parameters.append(number("The application's number."))
    case .getSupplyArchive:
      parameters += [
        number("The application's number."), reveal,
        OpenAPIParameter(
          name: "files", place: .query,
          description:
            "Also the files that were handed in; needs the scope of what is shown whole.",
          type: "boolean"),
      ]
    case .listProjects: parameters += projectFilter
    case .listIndicators: parameters += indicatorFilter + [indicatorGroup]
    case .getIndicatorTable:
      parameters +=
        indicatorFilter + [
          indicatorGroup,
          OpenAPIParameter(
            name: "bom", place: .query, description: "Begins with a byte order mark, for spreadsheets.",
            type: "boolean"),
        ]
    case .listIndicatorOrders:
      parameters +=
        [
          OpenAPIParameter(
            name: "indicator", place: .query, isRequired: true,
            description:
              "online-applications, shared-certificates, shared-permits, average, or limit- and the step of a policy.",
            pattern: "^[a-z0-9-]{1,64}$"),
          OpenAPIParameter(
            name: "outcome", place: .query,
            description: "Only those; all that the figure is about when not given.",
            words: OrderOutcome.allCases.map(\.rawValue)),
        ] + indicatorFilter + page
    case .getProject, .convertProject: parameters.append(number("The project's number."))
    case .listChanges: parameters += changeFilter
    case .deleteSubscription, .resumeSubscription:
      parameters.append(number("The subscription's number."))
    default: break
    }
    return parameters
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("in", place.rawValue)
      if isRequired { writer.member("required", true) }
      writer.member("description", description)
      if isList { writer.member("explode", false) }
      writer.member("schema") { writer in
        writer.object { writer in
          if isList {
            writer.member("type", "array")
            return writer.member("items") { OpenAPISchema.word(words).write(to: &$0) }
          }
          writer.member("type", type)
          writer.memberIfPresent("pattern", pattern)
          writer.memberIfPresent("format", format)
          if let range {
            writer.member(type == "integer" ? "minimum" : "minLength", range.lowerBound)
            if range.upperBound < .max {
              writer.member(type == "integer" ? "maximum" : "maxLength", range.upperBound)
            }
          }
          if !words.isEmpty { writer.member("enum", words) }
        }
      }
    }
  }

  private static let headers = [
    OpenAPIParameter(
      name: "X-Purpose", place: .header, isRequired: true,
      description: "What the look is for; one of the consumer's purposes."),
    operatorHeader,
    OpenAPIParameter(
      name: "X-Item-Code", place: .header, description: "事项编码 the look belongs to.",
      pattern: "^[A-Za-z0-9._-]{1,64}$"),
  ]

  private static let operatorHeader = OpenAPIParameter(
    name: "X-Operator", place: .header, isRequired: true,
    description:
      "Who asks, as the consumer names people; percent-encoded UTF-8 where it is not ASCII. Kept sealed.",
    range: 1...Words.longestOperator)

  private static func number(_ description: String) -> OpenAPIParameter {
    OpenAPIParameter(
      name: "id", place: .path, isRequired: true, description: description, type: "integer",
      range: 1...Int.max)
  }

  private static let page = [
    OpenAPIParameter(
      name: "after", place: .query, description: "Go on behind this number: `next` of the page before.",
      type: "integer", range: 1...Int.max),
    OpenAPIParameter(
      name: "limit", place: .query, description: "100 when not given.", type: "integer",
      range: GatewayAPI.listLimits),
  ]

  private static let pushFilter =
    [
      OpenAPIParameter(name: "platform", place: .query, description: "At this platform."),
      OpenAPIParameter(
        name: "operation", place: .query, description: "By this operation; stands beside platform."),
      OpenAPIParameter(
        name: "state", place: .query, description: "In this state.",
        words: PushState.allCases.map(\.rawValue)),
      OpenAPIParameter(name: "case", place: .query, description: "Of this case; a number of nobody."),
      OpenAPIParameter(
        name: "since", place: .query, description: "Taken in then or later, RFC 3339.", format: "date-time"),
      OpenAPIParameter(
        name: "until", place: .query, description: "Taken in before, RFC 3339.", format: "date-time"),
    ] + page

  private static let workFilter =
    [
      OpenAPIParameter(
        name: "kind", place: .query, description: "Of this kind.", words: WorkKind.allCases.map(\.rawValue)),
      OpenAPIParameter(name: "platform", place: .query, description: "At this platform."),
      OpenAPIParameter(name: "lane", place: .query, description: "Of this lane, whole."),
      OpenAPIParameter(
        name: "state", place: .query, description: "In this state; those that have not ended when not given.",
        words: WorkState.allCases.map(\.rawValue)),
    ] + page

  private static let projectFilter =
    [
      OpenAPIParameter(
        name: "stage", place: .query, description: "In this stage.",
        words: ReserveStage.allCases.map(\.rawValue)),
      OpenAPIParameter(
        name: "region", place: .query, description: "The beginning of an area code: 33 finds a province's.",
        pattern: "^[0-9]{2,6}$"),
    ] + page

  private static let indicatorFilter = [
    OpenAPIParameter(
      name: "from", place: .query, description: "The first month; `through` or this one when not given.",
      pattern: "^[0-9]{4}-[0-9]{2}$"),
    OpenAPIParameter(
      name: "through", place: .query,
      description: "The last month; this one when not given. At most \(IndicatorQuery.mostMonths) months.",
      pattern: "^[0-9]{4}-[0-9]{2}$"),
    OpenAPIParameter(
      name: "by", place: .query,
      description: "By which moment an order belongs to a month; applied when not given.",
      words: IndicatorMoment.allCases.map(\.rawValue)),
    OpenAPIParameter(
      name: "region", place: .query, description: "The beginning of an area code: 32 counts a province's.",
      pattern: "^[0-9]{2,6}$"),
    OpenAPIParameter(
      name: "customer", place: .query, description: "Only customers of this class.",
      words: IndicatorQuery.customers),
  ]

  private static let indicatorGroup = OpenAPIParameter(
    name: "group", place: .query,
    description: "What is kept apart, with commas between, or none; all of it when not given.",
    words: IndicatorDimension.allCases.map(\.rawValue) + ["none"], isList: true)

  private static let changeFilter = [
    OpenAPIParameter(
      name: "after", place: .query,
      description: "Behind this number: `next` of the answer before. The oldest that is kept when not given.",
      type: "integer", range: 0...Int.max),
    OpenAPIParameter(
      name: "wait", place: .query,
      description: "Seconds to wait where there is none yet; 0 when not given.", type: "integer",
      range: 0...GatewayAPI.longestWait),
    OpenAPIParameter(
      name: "kinds", place: .query,
      description: "Of these kinds; all that the consumer may see when not given.",
      words: ChangeKind.allCases.map(\.rawValue), isList: true),
    OpenAPIParameter(
      name: "limit", place: .query, description: "100 when not given.", type: "integer",
      range: GatewayAPI.listLimits),
  ]

  private static let incidentFilter =
    [
      OpenAPIParameter(name: "platform", place: .query, description: "Of this platform."),
      OpenAPIParameter(name: "operation", place: .query, description: "Of operations of this name."),
      OpenAPIParameter(
        name: "kind", place: .query, description: "Of this kind.", words: DriftKind.allCases.map(\.rawValue)),
      OpenAPIParameter(
        name: "state", place: .query, description: "In this state; those that are not closed when not given.",
        words: Incident.State.allCases.map(\.rawValue)),
    ] + page

  private static let disagreementFilter =
    [
      OpenAPIParameter(
        name: "kind", place: .query, description: "About certificates of this kind.",
        words: CertificateKind.allCases.map(\.rawValue)),
      OpenAPIParameter(name: "field", place: .query, description: "About the field of this path."),
      OpenAPIParameter(name: "platform", place: .query, description: "One of the two is this platform."),
      OpenAPIParameter(
        name: "certificate", place: .query, description: "About the certificate with this opaque id.",
        pattern: CertificateID.pattern),
      OpenAPIParameter(
        name: "state", place: .query, description: "In this state; those that are not over when not given.",
        words: Disagreement.State.allCases.map(\.rawValue)),
    ] + page

  private static let requestID = OpenAPIParameter(
    name: "X-Request-Id", place: .header, description: "Made here when not given; comes back in the answer.",
    pattern: "^[A-Za-z0-9._-]{8,64}$")

  private static let certificateID = OpenAPIParameter(
    name: "id", place: .path, isRequired: true,
    description: "The certificate's opaque id; never a number or code.",
    pattern: CertificateID.pattern)

  private static let reveal = OpenAPIParameter(
    name: "reveal", place: .query,
    description: "Paths of masked fields to show whole, with commas between; the purpose must allow them.",
    words: RevealableField.paths, isList: true)

  private static let prove = OpenAPIParameter(
    name: "prove", place: .query,
    description: "Derive the record again from the raw bytes and compare field by field.",
    type: "boolean")

  private static let exchangeFilter = [
    OpenAPIParameter(name: "platform", place: .query, description: "Of this platform."),
    OpenAPIParameter(
      name: "operation", place: .query, description: "Of this operation; stands beside platform."),
    OpenAPIParameter(
      name: "outcome", place: .query, description: "That ended so.", words: Outcome.allCases.map(\.rawValue)),
    OpenAPIParameter(
      name: "problemClass", place: .query, description: "With a problem of this class.",
      words: ErrorClass.allCases.map(\.rawValue)),
    OpenAPIParameter(name: "requestId", place: .query, description: "Of this request."),
    OpenAPIParameter(
      name: "since", place: .query, description: "Recorded then or later, RFC 3339.", format: "date-time"),
    OpenAPIParameter(
      name: "until", place: .query, description: "Recorded before, RFC 3339.", format: "date-time"),
    OpenAPIParameter(
      name: "after", place: .query, description: "Go on behind this number: `next` of the page before.",
      type: "integer", range: 1...Int.max),
    OpenAPIParameter(
      name: "limit", place: .query, description: "100 when not given.", type: "integer",
      range: GatewayAPI.exchangeLimits),
  ]
}
