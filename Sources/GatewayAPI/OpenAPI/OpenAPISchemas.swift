import Certificates
import Documents
import Exchanges
import Registry

/// The schemas of what is asked and answered.
enum OpenAPISchemas {
  static func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for (name, schema) in all { writer.member(name) { schema.write(to: &$0) } }
    }
  }

  private static let certificateID = OpenAPISchema.pattern(
    CertificateID.pattern, "Opaque; says nothing about the holder.")
  private static let kind = OpenAPISchema.word(CertificateKind.allCases.map(\.rawValue))

  private static let titles: [(name: String, schema: OpenAPISchema)] = [
    ("title", .text("In Chinese.")), ("titleEn", .text("In English.")),
  ]

  private static let keys: [(name: String, schema: OpenAPISchema)] = [
    ("holderCode", .key("Citizen number, social credit code or another code of a holder.")),
    ("holderName", .key("Name of a holder, as written on the certificate.")),
    ("number", .key("Number of the certificate.")),
    ("identifier", .key("证照标识.")),
    ("unitNumber", .key("不动产单元号.")),
    ("projectCode", .key("投资项目代码.")),
    ("kinds", .short(kind, most: BodyReader.mostWords)),
  ]

  private static let certificate: [(name: String, schema: OpenAPISchema)] =
    [("id", certificateID), ("kind", kind)] + titles + [
      ("version", .integer("Counts the changes of what it says, from 1.")),
      ("platform", .text("Whose word counts.")), ("standing", .reference("Standing")),
      ("record", .reference("Record")), ("hidden", .list(.text("Path of a field that is not shown whole."))),
      ("created", .time("")), ("changed", .time("When this version came.")),
      ("seen", .time("When a platform last confirmed it.")),
      (
        "stale",
        .flag("Nothing newer can have come: the operation that brings it is held until somebody has looked.")
      ),
    ]

  private static let all: [(name: String, schema: OpenAPISchema)] =
    requests + certificates + exchanges + incidents + pushes + replays + work + permits + supply + papers
    + reserve + indicators
    + changes + [
      ("Problem", problem), ("MalformedRequest", malformedRequest),
      ("Refusal", .either([.reference("Problem"), .reference("MalformedRequest")])),
      (
        "Health",
        .object(
          [
            ("status", .word(["live", "ready", "not-ready"])),
            ("problem", .word(["disk-nearly-full", "database-slow", "database-unavailable"])),
          ], required: ["status"])
      ),
    ]

  private static let requests: [(name: String, schema: OpenAPISchema)] = [
    (
      "SearchRequest",
      .needing(
        SearchKeys.members.map(\.name) + ["keys"],
        .object(
          keys + [
            (
              "keys",
              .short(
                .whole([
                  ("domain", .word(LookupDomain.allCases.map(\.rawValue))), ("value", .key("")),
                ]), most: CertificateSearch.mostKeys)
            ),
            ("limit", .bounded(1...CertificateSearch.mostHits, "50 when not given.")),
            ("reveal", .short(.word(RevealableField.paths), most: BodyReader.mostWords)),
          ], required: []))
    ),
    (
      "MatchRequest",
      .needing(
        CertificateMatch.findingNames,
        .object(
          keys + [
            (
              "fields",
              .map(
                names: CertificateMatch.fieldPaths, .claim("What is claimed of the field of this path."),
                most: CertificateMatch.mostFields)
            )
          ], required: []))
    ),
  ]

  private static let certificates: [(name: String, schema: OpenAPISchema)] = [
    (
      "SearchAnswer",
      .whole([
        ("certificates", .list(.reference("Certificate"))),
        ("more", .flag("There are more than were asked for; narrow the kinds or raise the limit.")),
      ])
    ),
    (
      "Certificate",
      .object(
        certificate + [("staleSince", .time("Since when it is stale."))], required: certificate.map(\.name))
    ),
    (
      "Standing",
      .whole([
        ("state", .word(Standing.State.allCases.map(\.rawValue))), ("title", .text("")),
        ("on", .date("Today in China.")),
        ("reasons", .list(.whole([("path", .text("The field it rests on."))] + titles))),
      ])
    ),
    ("Record", record),
    (
      "MatchAnswer",
      .whole([
        ("foundBy", .text("The member by which certificates were looked for.")),
        (
          "matches",
          .list(
            .whole(
              [("id", certificateID), ("kind", kind)] + titles + [
                ("verdict", .word(MatchVerdict.allCases.map(\.rawValue))),
                (
                  "standing",
                  .whole([
                    ("state", .word(Standing.State.allCases.map(\.rawValue))), ("title", .text("")),
                    ("on", .date("")),
                  ])
                ),
                (
                  "fields",
                  .list(
                    .whole(
                      [
                        ("field", .text("As it was asked.")),
                        ("verdict", .word(MatchVerdict.allCases.map(\.rawValue))),
                        ("reason", .word(MatchReason.allCases.map(\.rawValue))),
                      ] + titles))
                ),
              ]))
        ),
        ("more", .flag("")),
      ])
    ),
    (
      "History",
      .whole([("id", certificateID), ("observations", .list(.reference("Observation")))])
    ),
    (
      "Observation",
      .object(
        [
          (
            "version",
            .optional(.integer("The version it made; null when another platform's word counted more."))
          ),
          ("platform", .text("")), ("exchange", .integer("")), ("received", .time("")),
          ("lastSeen", .time("")),
          ("lastExchange", .integer("")),
          ("differs", .list(.text("Path of a field that is otherwise than in the version before."))),
          ("record", .reference("Record")), ("hidden", .list(.text(""))),
        ],
        required: [
          "version", "platform", "exchange", "received", "lastSeen", "lastExchange", "record", "hidden",
        ])
    ),
    (
      "Evidence",
      .object(
        [
          ("id", certificateID), ("version", .integer("")), ("platform", .text("")),
          ("exchange", .optional(.reference("Exchange"))),
          ("locator", .text("Where in the message the row stands: a normalised JSONPath or an XML path.")),
          ("mapping", .reference("Definition")), ("adapter", .reference("Definition")),
          ("received", .time("")),
          ("lastSeen", .time("")), ("lastExchange", .integer("")), ("proof", .reference("Proof")),
        ],
        required: [
          "id", "version", "platform", "exchange", "locator", "mapping", "adapter", "received", "lastSeen",
          "lastExchange",
        ])
    ),
    (
      "Definition",
      .whole([
        ("name", .text("")), ("version", .integer("")), ("sm3", .text("SM3 of the files, hexadecimal.")),
        ("firstUsed", .time("")),
      ])
    ),
    (
      "Proof",
      .whole([
        ("holds", .flag("Every field agrees.")),
        (
          "fields",
          .list(
            .object(
              [
                ("path", .text("")),
                ("verdict", .word(CertificateProof.Field.Verdict.allCases.map(\.rawValue))),
                ("origin", .text("Where in the message the value stands.")),
              ], required: ["path", "verdict"]))
        ),
        ("notes", .list(.text(""))),
      ])
    ),
  ]

  private static let exchanges: [(name: String, schema: OpenAPISchema)] = [
    (
      "Exchanges",
      .whole([
        ("exchanges", .list(.reference("Exchange"))),
        ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    (
      "Exchange",
      .whole([
        ("id", .integer("")), ("platform", .text("")), ("operation", .text("")),
        ("direction", .word(ExchangeDirection.allCases.map(\.rawValue))), ("method", .text("")),
        ("address", .text("An outline; what may name a person is left out.")),
        ("status", .optional(.integer(""))),
        ("created", .time("")), ("sent", .optional(.time(""))), ("received", .optional(.time(""))),
        ("recorded", .time("")), ("attempt", .integer("")), ("parent", .optional(.integer(""))),
        ("requestId", .text("")), ("outcome", .word(Outcome.allCases.map(\.rawValue))),
        (
          "problem",
          .optional(
            .whole([("code", .text("")), ("class", .optional(.word(ErrorClass.allCases.map(\.rawValue))))]))
        ),
        ("requestBytes", .integer("")), ("responseBytes", .integer("")),
        ("requestSm3", .text("SM3 of the ciphertext.")),
        ("responseSm3", .optional(.text(""))),
        ("answered", .optional(.time("When the answer was added to a request recorded before it left."))),
        ("erased", .optional(.time(""))),
      ])
    ),
    (
      "Platforms",
      .whole([
        (
          "platforms",
          .list(
            .whole([
              ("name", .text("")), ("adapter", .text("")), ("title", .optional(.text(""))),
              ("basis", .optional(.word(["published", "convention", "assumed"]))),
              (
                "operations",
                .list(
                  .whole([
                    ("name", .text("")), ("title", .optional(.text(""))), ("enabled", .flag("")),
                    ("lastStarted", .optional(.time(""))), ("lastSucceeded", .optional(.time(""))),
                    ("lastOutcome", .optional(.text(""))), ("lastProblem", .optional(.text(""))),
                    ("watermark", .optional(.time(""))), ("nextRun", .optional(.time(""))),
                    ("records", .optional(.integer(""))),
                  ]))
              ),
            ]))
        )
      ])
    ),
  ]

  private static let problem = OpenAPISchema.object(
    [
      ("type", .text("")), ("title", .text("In Chinese.")), ("titleEn", .text("In English.")),
      ("status", .integer("")),
      ("code", .word(ProblemCode.allCases.map(\.rawValue))), ("detail", .text("")),
      ("suggestion", .text("The known word nearest to the one sent.")), ("requestId", .text("")),
      (
        "errors",
        .list(
          .object(
            [("pointer", .text("RFC 6901.")), ("message", .text("")), ("suggestion", .text(""))],
            required: ["pointer", "message"]))
      ),
    ], required: ["type", "title", "titleEn", "status", "code", "detail", "requestId"])

  /// What is not HTTP as it should be is refused before it comes here.
  private static let malformedRequest = OpenAPISchema.whole([
    ("type", .text("")), ("title", .text("The status' own words.")), ("status", .integer("")),
    ("code", .pattern("^http\\.[a-z-]+$", "")), ("detail", .text("")),
  ])

  /// From the schema of records itself: a field that is added there is described here.
  private static let record: OpenAPISchema = {
    func group(_ group: Field.Group) -> OpenAPISchema {
      var members: [(name: String, schema: OpenAPISchema)] = []
      for field in FieldSchema.all where field.group == group {
        members.append((field.name, schema(of: field)))
      }
      return .object(members, required: [])
    }
    return .object(
      [
        ("kind", kind), ("basic", group(.basic)), ("holders", .list(group(.holder))),
        ("specific", group(.specific)),
        ("management", group(.management)),
      ], required: ["kind"])
  }()

  private static func schema(of field: Field) -> OpenAPISchema {
    var description = "\(field.title) · \(field.englishTitle)"
    if let standard = field.standardName { description += " · \(standard)" }
    switch field.type {
    case .text, .code, .identifier: return .text(description)
    case .texts: return .list(.text(description))
    case .date: return .date(description)
    case .timestamp: return .time(description)
    case .decimal(let unit): return .pattern("^-?[0-9]+(\\.[0-9]+)?$", "\(description) (\(unit.rawValue))")
    case .flag: return .flag(description)
    }
  }
}
