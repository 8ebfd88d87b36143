import Exchanges
import Work

extension OpenAPISchemas {
  static let work: [(name: String, schema: OpenAPISchema)] = [
    (
      "WorkItems",
      .whole([
        ("work", .list(.reference("WorkItem"))),
        ("next", .optional(.integer("`after` of the next page."))),
      ])
    ),
    (
      "WorkItem",
      .whole([
        ("id", .integer("")), ("kind", .word(WorkKind.allCases.map(\.rawValue))),
        ("lane", .text("What is limited and paused together.")),
        ("sequence", .optional(.text("Items of one sequence are done one after the other."))),
        ("key", .text("What it is about: a name of the site's, a number, or a keyed digest.")),
        ("state", .word(WorkState.allCases.map(\.rawValue))), ("priority", .integer("Smaller ones first.")),
        ("attempts", .integer("Those that have ended.")),
        ("vanished", .integer("Holders in a row that vanished while they worked on it.")),
        ("enqueued", .time("")), ("due", .time("Not before.")),
        ("holder", .optional(.text("Who works on it."))),
        ("heldUntil", .optional(.time("Unless it is renewed."))), ("ended", .optional(.time(""))),
        (
          "problem",
          .optional(
            .whole([
              ("code", .text("")), ("class", .word(ErrorClass.allCases.map(\.rawValue))),
              ("message", .text("")), ("remedy", .text("What to do next.")),
            ]))
        ),
      ])
    ),
  ]
}
