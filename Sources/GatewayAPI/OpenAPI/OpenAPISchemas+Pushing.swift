import Adapters
import Exchanges
import Pushing
import Replay
import Sync

extension OpenAPISchemas {
  private static let reason = OpenAPISchema.sentence(
    Decision.longestReason, "Why, in one line. Kept sealed, and shown in the history.")

  private static let errorClass = OpenAPISchema.word(ErrorClass.allCases.map(\.rawValue))

  private static let problem = OpenAPISchema.optional(
    .whole([("code", .text("")), ("class", .optional(errorClass))]))

  private static let push: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("platform", .text("")), ("operation", .text("")),
    ("item", .text("What is asked for: the item code of the record.")),
    ("key", .text("Under which number the platform knows it from us.")),
    ("case", .text("What is sent one after another.")),
    ("state", .word(PushState.allCases.map(\.rawValue))),
    ("idempotency", .word(Idempotency.Class.allCases.map(\.rawValue))),
    ("attempts", .integer("Requests that were made durable.")),
    ("probes", .integer("Questions about it since a person last had it tried.")),
    ("exchange", .optional(.integer("Its latest one."))),
    ("duplicateOf", .optional(.integer("The first of the same content, which answers for this one too."))),
    ("follows", .optional(.integer("The one that this one repeats."))),
    (
      "instead",
      .optional(.integer("The one of an earlier attempt, at whatever platform, in whose place it is."))
    ),
    ("wasKnown", .flag("The platform said that it had it already.")),
    ("problem", problem),
    ("requestId", .text("")), ("created", .time("")), ("changed", .time("")),
    ("erased", .optional(.time("When what was handed in was destroyed; null while it is there."))),
    ("due", .optional(.time("When the platform must have it, by law or agreement."))),
    (
      "mayHaveBeenRepeated",
      .flag(
        "It had ended in the copy that the database is, and may have been handed in again since: it is not repeated before somebody has signed."
      )
    ),
  ]

  private static let pushEntry = OpenAPISchema.whole([
    ("moment", .time("")), ("event", .word(PushEvent.allCases.map(\.rawValue))),
    ("state", .word(PushState.allCases.map(\.rawValue))), ("exchange", .optional(.integer(""))),
    ("problem", problem),
    ("by", .optional(.text("Who decided."))), ("reason", .optional(.text("And why."))),
  ])

  static let pushes: [(name: String, schema: OpenAPISchema)] = [
    (
      "SignRequest",
      .object(
        [
          ("happened", .flag("The platform has it; false: it does not, and what waited to be sent is sent.")),
          ("receipt", .sentence(BodyReader.longestText, "The platform's number for what happened.")),
          ("reason", reason),
        ], required: ["happened", "reason"])
    ),
    ("DecisionRequest", .whole([("reason", reason)])),
    (
      "Pushes",
      .whole([
        ("pushes", .list(.reference("Push"))), ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    ("Push", .whole(push)),
    ("PushWithHistory", .whole(push + [("history", .list(pushEntry))])),
  ]

  private static let records = OpenAPISchema.whole([
    ("new", .integer("")), ("changed", .integer("")), ("unchanged", .integer("")),
  ])

  private static let difference = OpenAPISchema.whole([
    ("exchange", .integer("")), ("operation", .text("")), ("locator", .text("The row in its message.")),
    ("entity", .text("")), ("kind", .word(RecordDifference.Kind.allCases.map(\.rawValue))),
    ("fields", .list(.text("The path of what differs."))),
    ("reasons", .list(.text("Why the row would be quarantined."))),
  ])

  private static let replay: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("depth", .word(ReplayDepth.allCases.map(\.rawValue))),
    ("state", .word(ReplayState.allCases.map(\.rawValue))),
    (
      "query",
      .whole([
        ("platform", .text("")), ("operation", .text("")),
        ("outcome", .optional(.word(Outcome.allCases.map(\.rawValue)))), ("class", .optional(errorClass)),
        ("since", .optional(.time(""))), ("until", .optional(.time(""))),
        ("mappingVersion", .optional(.integer(""))), ("case", .optional(.text(""))),
        ("ids", .list(.integer(""))),
      ])
    ),
    ("canary", .integer("Items of the trial.")), ("rate", .number("Items a second, at most.")),
    ("mostErrors", .number("Percent of the latest items; above it stops by itself.")),
    ("needsApproval", .flag("Somebody else than the planner has to approve it.")),
    ("items", .integer("")), ("pending", .integer("")), ("waiting", .integer("Handed in, not decided yet.")),
    ("succeeded", .integer("")), ("failed", .integer("")),
    ("unknown", .integer("Handed in, and in doubt until somebody has found out.")), ("created", .time("")),
    ("changed", .time("")),
  ]

  static let replays: [(name: String, schema: OpenAPISchema)] = [
    (
      "PlanRequest",
      .object(
        [
          (
            "query",
            .object(
              [
                ("platform", .sentence(BodyReader.longestText, "")),
                ("operation", .sentence(BodyReader.longestText, "")),
                ("outcome", .word(Outcome.allCases.map(\.rawValue))), ("class", errorClass),
                ("since", .time("From then on.")), ("until", .time("Before.")),
                ("mappingVersion", .bounded(1...1_000_000, "Recorded while it was in use.")),
                ("case", .sentence(BodyReader.longestText, "")),
                ("ids", .short(.bounded(1...Int.max, ""), most: ReplayDraft.mostIDs)),
              ], required: ["platform", "operation"])
          ), ("depth", .word(ReplayDepth.allCases.map(\.rawValue))),
          (
            "terms",
            .object(
              [
                ("canary", .bounded(ReplayDraft.canary, "Items of the trial; 10 when not given.")),
                ("rate", .bounded(ReplayDraft.rate, "Items a second; 20 when not given.")),
                ("mostErrors", .bounded(ReplayDraft.mostErrors, "Percent; 10 when not given.")),
              ], required: [])
          ), ("reason", reason),
        ], required: ["query", "depth", "reason"])
    ),
    (
      "ReplayPlan",
      .whole(
        replay + [
          (
            "preview",
            .whole([
              (
                "idempotency",
                .list(
                  .whole([
                    ("class", .word(Idempotency.Class.allCases.map(\.rawValue))), ("count", .integer("")),
                  ]))
              ),
              (
                "leftOut",
                .list(.whole([("reason", .text("")), ("count", .integer(""))]))
              ), ("calls", .integer("That platforms would get at least.")),
              ("daily", .optional(.integer("Calls that are allowed in a day."))),
              ("leftToday", .optional(.integer(""))),
              ("rate", .number("Items a second: its own, or the platform's where that is less.")),
              ("seconds", .number("At this rate.")),
              ("begins", .optional(.time("When its first call leaves, were it started now."))),
              ("ends", .optional(.time("When its last call leaves."))),
              ("days", .integer("From the first call to the last; 0: it makes none.")),
              (
                "deadlines",
                .whole([
                  ("overdue", .integer("Items that are past due already.")),
                  ("becomeOverdue", .integer("Items that are past due once it is their turn.")),
                  ("earliest", .optional(.time("The earliest that any of them is due."))),
                  ("delayed", .integer("Waiting pushes of the platform that its calls would make late.")),
                ])
              ), ("records", records),
              (
                "exact",
                .flag("false: so many certificates would change that not each was followed to its end.")
              ),
              ("quarantined", .integer("")),
              (
                "fields",
                .list(.whole([("field", .text("The path of what changes.")), ("count", .integer(""))]))
              ),
            ])
          ), ("differences", .list(difference)),
        ])
    ),
    (
      "ReplayDifferences",
      .whole([
        ("differences", .list(difference)), ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    ("Replays", .whole([("replays", .list(.reference("Replay")))])),
    ("Replay", .whole(replay)),
    (
      "ReplayWithHistory",
      .whole(
        replay + [
          (
            "problem",
            .optional(
              .whole([
                ("code", .text("")), ("class", errorClass), ("message", .text("")),
                ("remedy", .text("What to do next.")),
              ]))
          ),
          ("records", records),
          (
            "history",
            .list(
              .whole([
                ("moment", .time("")), ("event", .text("")),
                ("state", .word(ReplayState.allCases.map(\.rawValue))),
                ("by", .optional(.text("Who did it; null: the program."))),
                (
                  "credential",
                  .optional(.text("What showed who it is: a consumer's key, an account of the machine."))
                ),
                ("reason", .optional(.text(""))),
              ]))
          ),
          (
            "failures",
            .list(
              .whole([
                ("original", .integer("The exchange or push; of a re-fetch the window's beginning.")),
                ("repetition", .optional(.integer("The push that repeats it."))),
                ("problem", .optional(.text(""))), ("class", .optional(errorClass)),
                ("stored", .optional(.integer("Records of it that are stored; null: it is whole."))),
              ]))
          ),
          (
            "unfinished",
            .optional(
              .whole([
                ("original", .integer("What was stopped in the middle.")),
                ("stored", .integer("Records of it that are stored.")),
              ]))
          ),
        ])
    ),
  ]
}
