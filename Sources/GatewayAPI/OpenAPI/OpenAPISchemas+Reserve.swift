import Certificates
import Registry
import Supply

extension OpenAPISchemas {
  private static let listed: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("code", .text("投资项目代码.")),
    ("parentCode", .optional(.text("Of the project it is a part of."))), ("region", .text("Area code.")),
    ("stage", .word(ReserveStage.allCases.map(\.rawValue))),
    ("capacity", .optional(.text("kW, where somebody says."))),
    ("permits", .integer("How many of its permits hold.")),
    ("underWay", .integer("How many of its approvals a platform has still to decide.")),
    ("joinedTo", .optional(.integer("The project that it is, by what a person said."))),
    ("application", .optional(.integer("What it became."))), ("created", .time("")),
    ("changed", .time("When what is known of it last changed.")),
    ("erased", .flag("Whose it is was destroyed.")),
  ]

  private static let owner = OpenAPISchema.object(
    [
      ("name", .text("Of a person masked.")), ("code", .text("Of a person masked.")),
      ("type", .word(["person", "organisation"])),
    ], required: ["name", "type"])

  private static let approval = OpenAPISchema.object(
    [
      ("certificate", .pattern(CertificateID.pattern, "")),
      ("kind", .word(CertificateKind.allCases.map(\.rawValue))),
      ("item", .text("As the platform calls it.")), ("decided", .date("")),
      ("holds", .flag("A permit that was not cancelled, revoked or suspended.")),
      ("state", .text("How far it is, in the platform's words.")),
      ("progress", .word(ApprovalProgress.allCases.map(\.rawValue))),
    ], required: ["certificate", "kind", "holds"])

  static let reserve: [(name: String, schema: OpenAPISchema)] = [
    (
      "Projects",
      .whole([
        ("projects", .list(.whole(listed))),
        ("next", .optional(.integer("Behind which the next page begins."))),
      ])
    ),
    (
      "Project",
      .object(
        listed + [
          ("parent", .optional(.integer("The project it is a part of."))), ("parts", .list(.integer(""))),
          ("joined", .list(.integer("Projects that are this one, by what a person said."))),
          ("alike", .list(.integer("Of the same name and owner under another code."))),
          ("name", .text("Not shown where a person owns it.")), ("place", .text("Of a person masked.")),
          ("scale", .text("")), ("industry", .text("")), ("startYear", .text("")), ("endYear", .text("")),
          ("owners", .list(owner)), ("certificate", .pattern(CertificateID.pattern, "The registration.")),
          ("approvals", .list(approval)),
        ], required: listed.map(\.name) + ["parent", "parts", "joined", "alike"])
    ),
    ("ProjectQuestion", .object([("projectCode", .key("投资项目代码."))], required: ["projectCode"])),
    (
      "ProjectConversion",
      .open("Any members of SupplyForm, which count before what the project says; none is needed.")
    ),
  ]
}
