import Supply

extension OpenAPISchemas {
  private static let month = OpenAPISchema.pattern("^[0-9]{4}-[0-9]{2}$", "In China.")
  private static let customer = OpenAPISchema.word(IndicatorQuery.customers)

  private static let figure: [(name: String, schema: OpenAPISchema)] = [
    ("indicator", .text("A word; the figures of limits are limit- and the step of the policy.")),
    ("title", .text("In Chinese.")),
    ("region", .optional(.text("Area code; null where regions are not kept apart."))),
    ("month", .optional(month)), ("customer", .optional(customer)),
    ("limit", .optional(.text("Of a limit: how long."))), ("clause", .optional(.text(""))),
    ("document", .optional(.text(""))), ("assumed", .optional(.flag("No document: a setting."))),
    ("numerator", .optional(.integer("Of an average: days."))),
    ("denominator", .optional(.integer("Of an average: orders that have ended."))),
    ("rate", .optional(.number("Null where the denominator is 0, and of an average."))),
    ("meanDays", .optional(.number("Of a limit in days: used on average until its end."))),
    ("open", .optional(.integer("May still become either."))),
    ("unknown", .optional(.integer("Nobody can tell."))),
    (
      "enteredLate",
      .optional(.integer("In the denominator only: would count, but by moments entered later or changed."))
    ),
    ("outside", .optional(.integer("The figure is not about them."))),
  ]

  private static let order: [(name: String, schema: OpenAPISchema)] = [
    ("application", .integer("By which the order is known: the first of its applications.")),
    ("number", .text("The utility's own.")), ("outcome", .word(OrderOutcome.allCases.map(\.rawValue))),
    ("reasons", .list(.text("A word; docs/reference/indicators.md has them."))),
    ("region", .text("Area code.")),
    ("business", .optional(.text(""))), ("customer", .optional(.text(""))), ("applied", .time("")),
    ("connected", .optional(.time(""))), ("limit", .optional(.text("How long."))),
    ("clause", .optional(.text(""))),
    ("days", .optional(.integer("Used until the end, of a limit in days."))),
    ("filedAgain", .flag("Applied for more than once; counted as one.")),
    ("applications", .list(.integer(""))),
  ]

  static let indicators: [(name: String, schema: OpenAPISchema)] = [
    (
      "Indicators",
      .whole([
        ("from", month), ("through", month), ("by", .word(IndicatorMoment.allCases.map(\.rawValue))),
        ("orders", .integer("That were looked at.")), ("filedAgain", .integer("Of those.")),
        ("unread", .integer("Applications that an earlier version judged, which count nothing.")),
        ("indicators", .list(.whole(figure))),
      ])
    ),
    (
      "IndicatorOrders",
      .whole([
        ("orders", .list(.whole(order))),
        ("next", .optional(.integer("Behind which the next page begins."))),
      ])
    ),
  ]
}
