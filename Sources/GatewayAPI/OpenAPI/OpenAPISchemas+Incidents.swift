import Certificates
import Registry
import Sync

extension OpenAPISchemas {
  private static let note = OpenAPISchema.text("At most \(Decision.longestNote) characters. Kept sealed.")

  private static let step = OpenAPISchema.optional(
    .whole([("time", .time("")), ("by", .text("As X-Operator named them.")), ("note", .optional(.text("")))]))

  /// Incidents, disagreements, and what is decided about them.
  static let incidents: [(name: String, schema: OpenAPISchema)] = [
    (
      "AcknowledgeRequest",
      .object(
        [
          ("note", note),
          ("accept", .flag("It is right as it is now: the next run goes on with it, and it becomes usual.")),
        ], required: [])
    ),
    ("CloseRequest", .object([("note", note)], required: [])),
    ("DismissRequest", .whole([("reason", note)])),
    (
      "Incidents",
      .whole([
        ("incidents", .list(.reference("Incident"))),
        ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    (
      "Incident",
      .whole([
        ("id", .integer("")), ("platform", .text("")), ("operation", .text("")),
        ("entity", .text("Of the mapping; empty for the operation as a whole.")),
        ("kind", .word(DriftKind.allCases.map(\.rawValue))), ("title", .text("In Chinese.")),
        ("subject", .text("A place of the row, a field of records, or a word; never a value.")),
        ("state", .word(Incident.State.allCases.map(\.rawValue))),
        ("held", .flag("The window is held for it.")),
        ("accepted", .flag("The next run goes on with it.")),
        ("count", .integer("Windows in which it was met.")), ("detail", .text("Figures of the last time.")),
        ("exchange", .optional(.integer("The first example."))),
        ("locator", .optional(.text("Its row in the message."))),
        ("firstSeen", .time("")), ("lastSeen", .time("")), ("opened", .time("")), ("acknowledged", step),
        ("closed", step),
      ])
    ),
    (
      "Disagreements",
      .whole([
        ("disagreements", .list(.reference("Disagreement"))),
        ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    (
      "Disagreement",
      .whole([
        ("id", .integer("")),
        ("certificate", .pattern(CertificateID.pattern, "Opaque; says nothing about the holder.")),
        ("kind", .word(CertificateKind.allCases.map(\.rawValue))),
        ("field", .text("Path of the field; `holders` when they do not name the same people.")),
        ("platforms", .list(.text(""))), ("prevailing", .text("The platform whose word is the record.")),
        ("state", .word(Disagreement.State.allCases.map(\.rawValue))),
        ("opened", .time("")), ("updated", .time("")), ("ended", .optional(.time(""))),
        ("endedBy", .optional(.text("Who dismissed it."))), ("reason", .optional(.text("And why."))),
      ])
    ),
  ]
}
