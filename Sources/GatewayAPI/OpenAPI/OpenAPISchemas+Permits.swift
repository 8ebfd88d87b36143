import Applications
import Calendars
import Permits
import Policies

extension OpenAPISchemas {
  private static let item = OpenAPISchema.word(PermitItem.allCases.map(\.rawValue))
  private static let state = OpenAPISchema.word(PermitState.allCases.map(\.rawValue))
  private static let reason = OpenAPISchema.sentence(
    Decision.longestReason, "Why, in one line. Kept sealed.")
  private static let remarks = OpenAPISchema.claim("What is said to the window with it.")
  private static let attempt = OpenAPISchema.bounded(
    PermitChange.attempts, "Which attempt at the item; the latest when not given.")

  private static let material = OpenAPISchema.object(
    [
      ("code", .claim("By which the policy asks for it.")), ("name", .claim("")),
      ("mediaType", .claim("")), ("content", .text("The file in Base64.")),
      ("sm3", .pattern("^[0-9A-Fa-f]{64}$", "Of the file; compared where it is given.")),
    ], required: ["code", "name", "mediaType", "content"])

  private static let permitCase: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("number", .text("The utility's own.")), ("region", .text("Area code.")),
    ("policy", .text("That answered.")), ("day", .date("By whose rules it goes.")),
    ("facts", .reference("PermitFacts")), ("created", .time("")), ("changed", .time("")),
    ("closed", .optional(.time("When the last of its items was decided."))),
    ("erased", .optional(.time("When what it was opened with was destroyed."))),
  ]

  private static let clock = OpenAPISchema.whole(clockMembers)

  /// The utility's own.
  private static let ownClock = OpenAPISchema.whole(ownMembers)

  private static let ownMembers: [(name: String, schema: OpenAPISchema)] =
    [
      ("step", .text("Of the policy's `process`.")), ("clause", .text("That sets the limit.")),
      ("assumed", .flag("No document says it: the site has settled it.")),
    ] + clockMembers

  /// Of all permits of the case that a limit counts together.
  private static let totalMembers: [(name: String, schema: OpenAPISchema)] =
    [
      ("name", .text("Of the clock.")), ("items", .list(item)),
      ("attempt", .optional(.integer("Where it is the clock of another attempt alone."))),
      ("clause", .text("That sets the limit.")),
      ("assumed", .flag("No document says it: the site has settled it.")),
    ] + clockMembers

  private static let clockMembers: [(name: String, schema: OpenAPISchema)] = [
    ("limit", .optional(.text("Such as `5 working days`."))),
    ("state", .text("`waiting`, `running`, `ended`, or `paused:` and why.")),
    ("started", .optional(.text("In China, as all times of clocks."))),
    ("counted", .optional(.text("What the start counts as by the office's hours."))),
    (
      "basis",
      .optional(.word([ClockReading.Basis.told.rawValue, ClockReading.Basis.deemed.rawValue]))
    ),
    (
      "silence",
      .optional(
        .whole([
          ("from", .text("Since when nobody has said a word.")),
          ("until", .text("Until when nothing was said, or may be said.")),
          ("over", .flag("It has started the clock.")), ("clause", .text("")), ("document", .text("")),
        ]))
    ),
    ("ended", .optional(.text(""))), ("due", .optional(.text("The first moment that is too late."))),
    ("unknown", .flag("It lies in a year without a calendar: `late` is unknown too.")),
    (
      "lastMoment",
      .optional(.text("Where calls are not allowed at all hours: until when it can be done in time."))
    ), ("lastDay", .optional(.date(""))), ("used", .optional(.integer("Days of the limit's own count."))),
    ("late", .flag("")), ("colour", .optional(.word(Warning.Colour.allCases.map(\.rawValue)))),
    (
      "alerts",
      .list(
        .whole([
          ("colour", .word(Warning.Colour.allCases.map(\.rawValue))), ("for", .text("")), ("at", .text("")),
        ]))
    ), ("findings", .list(.whole([("code", .text("")), ("subject", .text(""))]))),
  ]

  private static let event = OpenAPISchema.whole([
    ("id", .integer("")), ("event", .text("An event, or `retracted`.")), ("happened", .text("In China.")),
    ("learned", .time("")), ("source", .word(PermitEntry.Source.allCases.map(\.rawValue))),
    ("reference", .text("By what it is known.")),
    ("said", .optional(.text("The moment that the window said, where that cannot be."))),
    ("retracts", .optional(.integer("The entry that it stands in for."))),
    ("decision", .optional(.text("The number of the decision."))), ("by", .optional(.text(""))),
    ("reason", .optional(.text(""))),
  ])

  private static let line = OpenAPISchema.whole([
    ("date", .date("")), ("title", .text("In Chinese.")), ("titleEn", .text("In English.")),
  ])

  private static let belief = OpenAPISchema.whole([
    ("since", .time("")), ("state", .text("")), ("due", .optional(.text(""))),
    ("learned", .list(.text("The entries that came then."))),
  ])

  private static let attemptMembers: [(name: String, schema: OpenAPISchema)] = [
    ("item", item), ("attempt", .integer("From 1.")),
    ("way", .optional(.word(PermitWay.allCases.map(\.rawValue)))), ("after", .list(item)),
    ("state", .optional(state)), ("title", .optional(.text("The state in Chinese."))),
    ("push", .optional(.integer("That hands it in."))),
    ("held", .flag("Perhaps handed in already: the database is a restored copy.")),
    ("asked", .optional(.time("When the window was last asked about it."))),
    ("problem", .optional(.whole([("code", .text("")), ("message", .optional(.text("")))]))),
    (
      "doubts",
      .list(
        .whole([
          ("code", .word(PermitDoubt.allCases.map(\.rawValue))), ("message", .text("")),
          ("remedy", .text("")),
        ]))
    ), ("decided", .reference("PermitRuling")), ("clock", .optional(clock)),
    ("ownClock", .optional(ownClock)), ("events", .list(event)),
  ]

  static let permits: [(name: String, schema: OpenAPISchema)] = [
    (
      "PermitForm",
      .object(
        [
          (
            "number",
            .pattern("^[0-9A-Za-z._-]{1,64}$", "The utility's own; the same again is the same case.")
          ),
          (
            "project",
            .claim("Project code: the registry's project stands for what region and application leave out.")
          ),
          ("region", .pattern("^[0-9]{6}$", "Area code; needed where no project is named.")),
          ("day", .date("By whose rules it goes; today when not given.")),
          ("facts", .reference("PermitFacts")), ("application", .reference("PermitApplication")),
          ("materials", .short(material, most: 100)),
        ], required: ["number", "application"])
    ),
    ("PermitFacts", .open("What is known of the line; docs/reference/policies.md has the facts.")),
    (
      "PermitApplication",
      .open(
        "A permit-application, without what the case or the project says; docs/reference/mapping.md has its fields."
      )
    ),
    (
      "PermitRuling",
      .open(
        "What the policy said of it, with rules and clauses; `damaged` where that cannot be read any more.")
    ),
    (
      "PermitEventRequest",
      .object(
        [
          ("item", item), ("attempt", attempt), ("event", .word(PermitEvent.allCases.map(\.rawValue))),
          (
            "step",
            .word(ProcessEvent.allCases.map(\.rawValue) + [ClockEvent.retraction])
          ),
          ("happened", .claim("In China: 2026-08-03T10:30:00; now when not given.")),
          ("retracts", .bounded(1...Int.max, "The entry that this one stands in for, or only takes back.")),
          ("note", .sentence(PermitChange.longestNote, "Kept sealed.")),
          ("decision", .claim("The number of the decision.")), ("reason", reason),
        ], required: ["reason"])
    ),
    (
      "PermitSupplementRequest",
      .object(
        [
          ("item", item), ("attempt", attempt), ("remarks", remarks),
          ("materials", .short(material, most: 100)),
        ], required: ["item", "materials"])
    ),
    (
      "PermitWithdrawRequest",
      .object(
        [("item", item), ("attempt", attempt), ("remarks", remarks), ("reason", reason)],
        required: ["item", "reason"])
    ),
    (
      "PermitRetryRequest",
      .object(
        [
          ("item", item), ("attempt", attempt), ("remarks", remarks),
          ("materials", .short(material, most: 100)), ("reason", reason),
        ], required: ["item", "reason"])
    ),
    (
      "PermitCases",
      .whole([
        ("cases", .list(.whole(permitCase))), ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    (
      "PermitCase",
      .whole(
        permitCase + [
          (
            "totals",
            .list(
              .object(
                totalMembers + [("account", .list(line)), ("beliefs", .list(belief))],
                required: totalMembers.map(\.name)))
          ),
          (
            "process",
            .list(
              .object(
                ownMembers + [("account", .list(line)), ("beliefs", .list(belief))],
                required: ownMembers.map(\.name)))
          ), ("steps", .list(event)),
          (
            "items",
            .list(
              .object(
                attemptMembers + [
                  ("account", .list(line)), ("ownAccount", .list(line)), ("beliefs", .list(belief)),
                  ("ownBeliefs", .list(belief)),
                ],
                required: attemptMembers.map(\.name)))
          ),
        ])
    ),
  ]
}
