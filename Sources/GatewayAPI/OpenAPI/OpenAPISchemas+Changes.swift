import Changes
import Exchanges
import Notifications

extension OpenAPISchemas {
  private static let kind = OpenAPISchema.word(ChangeKind.allCases.map(\.rawValue))

  private static let subscription: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("consumer", .text("")),
    ("url", .optional(.text("null in the answer to DELETE."))),
    ("kinds", .optional(.list(kind))), ("state", .word(Subscription.State.allCases.map(\.rawValue))),
    ("created", .time("")),
    ("delivered", .integer("Everything up to this change was delivered, left out, or not wanted.")),
    ("deliveredAt", .optional(.time(""))), ("failures", .integer("Tries in a row that failed.")),
    ("failingSince", .optional(.time(""))),
    ("skipped", .integer("Changes left out because the receiver refused them again and again.")),
    ("problem", .optional(.text("What the last try met."))),
    ("problemClass", .optional(.word(ErrorClass.allCases.map(\.rawValue)))),
    ("problemMessage", .optional(.text(""))),
  ]

  /// What happened, and who is told of it.
  static let changes: [(name: String, schema: OpenAPISchema)] = [
    (
      "SubscribeRequest",
      .object(
        [
          ("url", .sentence(2_000, "https, at a receiver that the site's configuration names.")),
          ("kinds", .short(kind, most: BodyReader.mostWords)),
        ], required: ["url"])
    ),
    ("ResumeRequest", .whole([("with", .word(Subscriptions.Place.allCases.map(\.rawValue)))])),
    (
      "Changes",
      .whole([("changes", .list(.reference("Change"))), ("next", .integer("`after` of the next call."))])
    ),
    (
      "Change",
      .whole([
        ("sequence", .integer("In the order of commits.")), ("kind", kind),
        ("subject", .text("What it happened to: `push-17`, or a certificate's opaque id.")),
        ("time", .time("")), ("details", .reference("ChangeDetails")),
      ])
    ),
    (
      "ChangeDetails",
      .object(
        [
          ("certificateKind", .text("")), ("version", .integer("1: it is new.")),
          ("field", .text("Path of the field.")), ("state", .text("")), ("event", .text("")),
          ("platform", .text("")), ("operation", .text("")), ("item", .text("")),
          ("drift", .text("The kind of an incident.")), ("exchange", .integer("")),
          ("depth", .text("Of a replay.")), ("succeeded", .integer("")), ("failed", .integer("")),
          ("work", .text("The kind of the work.")), ("lane", .text("")), ("problem", .text("")),
          ("class", .text("")), ("consumer", .text("")),
          ("stage", .text("Of a project.")), ("region", .text("Area code.")),
          ("permits", .integer("That hold.")),
          ("underWay", .integer("Approvals that a platform has still to decide.")),
          ("application", .integer("What a project became.")),
        ], required: [])
    ),
    ("Subscriptions", .whole([("subscriptions", .list(.reference("Subscription")))])),
    ("Subscription", .whole(subscription)),
    (
      "NewSubscription",
      .whole(subscription + [("secret", .text("`whsec_…`, to check signatures with."))])
    ),
  ]
}
