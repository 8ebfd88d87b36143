import Authorisations
import Certificates
import Policies
import Registry
import Supply

extension OpenAPISchemas {
  private static let kind = OpenAPISchema.word(CertificateKind.allCases.map(\.rawValue))
  private static let requirement = OpenAPISchema.word(SupplyRequirement.allCases.map(\.rawValue))
  private static let digest = OpenAPISchema.pattern("^[0-9A-Fa-f]{64}$", "SM3 of the file.")

  private static let representative = OpenAPISchema.object(
    [("name", .key("")), ("code", .key(""))], required: ["name"])

  private static let party = OpenAPISchema.object(
    [
      ("type", .word(["person", "organisation"])), ("name", .key("As on the certificates.")),
      ("code", .key("Citizen number, social credit code or another code.")),
      ("formerNames", .short(.claim(""), most: 20)), ("representative", representative),
    ], required: ["type", "name"])

  private static let authorisation = OpenAPISchema.either([
    .object([("id", .bounded(1...Int.max, "Of one that is kept."))], required: ["id"]),
    .object(
      [
        ("means", .word(SupplyAuthorisation.Means.allCases.map(\.rawValue))), ("given", .time("")),
        ("until", .time("The first moment at which it does not hold any more.")),
        ("scope", .short(kind, most: CertificateKind.allCases.count)),
        ("person", .key("The code of whoever gave it, where it was established.")),
        ("reference", .claim("What proves it elsewhere.")),
      ], required: ["means", "given"]),
  ])

  private static let source = OpenAPISchema.whole([
    ("policy", .text("")), ("rule", .text("")), ("clause", .text("")), ("document", .text("")),
    ("number", .optional(.text("The official one."))), ("assumed", .flag("No document: a setting.")),
    ("continued", .flag("The document's term has ended, and the site goes on by it.")),
  ])

  private static let means = OpenAPISchema.whole([
    ("kinds", .list(kind)), ("materials", .list(.text("Code of a file."))),
    ("equivalent", .flag("Where the proper one does not exist.")), ("clause", .text("")),
  ])

  private static let ask = OpenAPISchema.whole([
    ("requirement", requirement), ("title", .text("")), ("titleEn", .text("")),
    ("because", .word(RequirementVerdict.Absence.allCases.map(\.rawValue))), ("clause", .text("")),
    ("canAuthorise", .flag("Agreeing to have it looked up may spare bringing it.")), ("means", .list(means)),
  ])

  private static let requirementVerdict = OpenAPISchema.whole([
    ("requirement", requirement),
    ("demand", .optional(.word(SupplyDemand.allCases.map(\.rawValue)))),
    ("state", .word(RequirementVerdict.State.words)), ("source", .optional(source)),
    ("reason", .optional(source)), ("deferrableUntil", .optional(.text("An event or a limit."))),
    ("evidence", .optional(.reference("SupplyEvidence"))),
    (
      "refused",
      .list(
        .whole([
          ("certificate", .pattern(CertificateID.pattern, "")), ("kind", kind), ("because", .text("")),
        ]))
    ),
  ])

  private static let verdict = OpenAPISchema.whole([
    ("region", .text("Area code.")), ("policy", .text("That answered.")), ("day", .date("")),
    ("facts", .reference("SupplyFacts")),
    ("level", .optional(.word(SupplyLevel.allCases.map(\.rawValue)))),
    ("title", .optional(.text("As the region's documents call the level."))),
    ("clause", .optional(.text("That names the level."))),
    ("final", .flag("Nothing is left that could not be checked or decided.")),
    ("undecided", .list(.text("A fact that has to be known."))),
    (
      "burden",
      .whole([
        ("borne", .integer("Papers brought now, or to be brought.")),
        ("deferred", .integer("To be supplied later.")), ("unchecked", .integer("Not to be told now.")),
      ])
    ), ("asks", .list(ask)), ("requirements", .list(requirementVerdict)),
    (
      "explanation",
      .list(
        .whole([
          ("requirement", .optional(requirement)), ("title", .text("")), ("titleEn", .text("")),
        ]))
    ),
  ])

  static let supply: [(name: String, schema: OpenAPISchema)] = [
    (
      "SupplyForm",
      .object(
        [
          (
            "number",
            .pattern("^[0-9A-Za-z._-]{1,64}$", "The utility's own; the same again is the same application.")
          ),
          ("region", .pattern("^[0-9]{6}$", "Area code.")),
          ("day", .date("By whose rules it goes; today when not given.")),
          ("channel", .word(SupplyChannel.allCases.map(\.rawValue))),
          ("applied", .time("When the customer applied; when it came first, if not given.")),
          ("facts", .reference("SupplyFacts")), ("applicant", party),
          (
            "place",
            .object(
              [
                ("address", .key("")), ("unitNumber", .key("不动产单元号.")), ("deedNumber", .key("")),
                ("projectCode", .key("投资项目代码.")),
              ], required: ["address"])
          ), ("designer", party), ("contractor", party),
          (
            "materials",
            .short(
              .either([
                .object([("id", .bounded(1...Int.max, "Of one that is kept."))], required: ["id"]),
                .object(
                  [
                    ("code", .pattern("^[0-9a-z-]+$", "By which the policy asks for it.")), ("sm3", digest),
                    ("validTo", .date("The last day on which it holds.")),
                  ], required: ["code", "sm3"]),
              ]), most: SupplyForm.mostMaterials)
          ), ("authorisation", authorisation),
        ], required: ["number", "region", "facts", "applicant", "place"])
    ),
    ("SupplyFacts", .open("What policies ask about; docs/reference/policies.md has the facts.")),
    ("SupplyEvidence", .open("By the state; docs/reference/supply.md has the members.")),
    (
      "SignedVerdict",
      .whole([
        (
          "statement",
          .object(
            [
              ("application", .integer("The number under which it is kept.")), ("number", .text("")),
              ("version", .integer("From 1.")), ("created", .time("")),
              ("authorisations", .list(.integer("That held."))), ("verdict", verdict),
              ("asked", .list(.reference("SupplyAsking"))), ("toldBefore", .list(.reference("SupplyAsking"))),
            ],
            required: ["application", "number", "version", "created", "authorisations", "verdict", "asked"])
        ), ("publicKey", .pattern("^[0-9a-f]+$", "SM2.")),
        ("signature", .pattern("^[0-9a-f]+$", "Over the bytes of the statement as they stand there.")),
      ])
    ),
    (
      "SupplyAsking",
      .object(
        [
          ("platform", .text("")), ("operation", .text("")), ("kinds", .list(kind)),
          ("state", .word(["told", "told-in-part", "failed", "pending"])),
          ("code", .text("What kept it from telling.")), ("exchange", .integer("In the journal.")),
          ("received", .time("When it told.")),
          ("certificates", .list(.pattern(CertificateID.pattern, "Of the applicant, that it told of."))),
        ], required: ["platform", "operation", "kinds", "state"])
    ),
    (
      "ConnectedRequest",
      .object(
        [
          ("at", .time("When the customer had electricity.")),
          (
            "contracts",
            .short(
              .pattern("^[0-9A-Za-z._-]{1,64}$", "The utility's own number of a contract."),
              most: SupplyConnection.mostContracts)
          ),
        ], required: ["at"])
    ),
    (
      "ArchiveStanding",
      .whole([
        ("application", .integer("The number under which it is kept.")), ("connected", .time("")),
        ("contracts", .list(.text(""))), ("noted", .time("")),
        ("due", .optional(.time("The first moment that is too late; null where a calendar is missing."))),
        ("archived", .optional(.time("When it was found whole."))),
      ])
    ),
  ]
}
