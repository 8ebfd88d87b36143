import Authorisations
import Certificates
import Materials
import Registry
import Supply

extension OpenAPISchemas {
  private static let kind = OpenAPISchema.word(CertificateKind.allCases.map(\.rawValue))
  private static let number = OpenAPISchema.pattern(
    "^[0-9A-Za-z._-]{1,64}$", "The utility's own number of the application.")

  private static let holder: [(name: String, schema: OpenAPISchema)] = [
    ("type", .word(["person", "organisation"])), ("name", .key("As on the paper.")),
    ("code", .key("Citizen number, social credit code or another code.")),
  ]

  private static let material: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("code", .text("By which policies ask for it.")), ("kind", .optional(kind)),
    ("issued", .optional(.date(""))), ("validTo", .optional(.date("The last day on which it holds."))),
    ("business", .text("For which it was handed in.")), ("application", .optional(.text(""))),
    ("channel", .text("The consumer through which it came.")), ("received", .time("")),
    ("size", .integer("Bytes of the file.")), ("sm3", .optional(.text("Of the file."))),
    (
      "check",
      .optional(
        .whole([
          ("state", .word(MaterialCheck.State.allCases.map(\.rawValue))),
          ("because", .list(.word(MaterialCheck.Reason.allCases.map(\.rawValue)))), ("at", .time("")),
          ("certificate", .optional(.pattern(CertificateID.pattern, "With which it was compared."))),
        ]))
    ), ("withdrawn", .optional(.time(""))), ("erased", .optional(.time(""))),
  ]

  private static let materialForm: [(name: String, schema: OpenAPISchema)] = [
    ("code", .pattern("^[0-9a-z-]+$", "By which policies ask for it.")), ("kind", kind),
    ("holder", .needing(["code", "name"], .object(holder, required: ["type"]))),
    ("number", .key("On the paper.")), ("issued", .date("")),
    ("validTo", .date("The last day on which it holds.")),
    (
      "place",
      .object(
        [("address", .key("")), ("unitNumber", .key("不动产单元号.")), ("projectCode", .key(""))],
        required: [])
    ), ("business", .word(MaterialForm.businesses)),
    (
      "file",
      .object(
        [
          ("name", .claim("")), ("mediaType", .claim("")), ("content", .text("The file in Base64.")),
          ("sm3", .pattern("^[0-9A-Fa-f]{64}$", "Of the file; compared where it is given.")),
        ], required: ["name", "mediaType", "content"])
    ),
  ]
  private static let neededOfMaterial = ["code", "holder", "business", "file"]

  private static let authorisation: [(name: String, schema: OpenAPISchema)] = [
    ("id", .integer("")), ("means", .word(AuthorisationMeans.allCases.map(\.rawValue))),
    ("title", .text("")), ("holds", .flag("Now.")), ("given", .time("")), ("until", .optional(.time(""))),
    ("scope", .optional(.list(kind))), ("purposes", .list(.text("Of the site's."))),
    ("application", .optional(.text(""))), ("channel", .text("The consumer through which it came.")),
    ("kept", .time("")), ("revoked", .optional(.time(""))), ("erased", .optional(.time(""))),
  ]

  private static let isNew: (name: String, schema: OpenAPISchema) = (
    "new", .flag("False where the same was kept already.")
  )

  static let papers: [(name: String, schema: OpenAPISchema)] = [
    (
      "HolderRequest",
      .needing(["code", "name"], .object(holder + [("application", number)], required: ["type"]))
    ),
    ("MaterialForm", .object(materialForm + [("application", number)], required: neededOfMaterial)),
    ("SupplyMaterialForm", .object(materialForm, required: neededOfMaterial)),
    (
      "AuthorisationForm",
      .object(
        [
          ("means", .word(AuthorisationMeans.allCases.map(\.rawValue))),
          ("holder", .needing(["code", "name"], .object(holder, required: ["type"]))),
          ("given", .time("Now when not given.")),
          ("until", .time("The first moment at which it does not hold any more.")),
          ("scope", .short(kind, most: CertificateKind.allCases.count)),
          ("purposes", .short(.claim("One of the consumer's."), most: 32)), ("application", number),
          ("reference", .claim("What proves it elsewhere. Kept sealed.")),
        ], required: ["means", "holder", "purposes"])
    ),
    ("Material", .object(material + [isNew], required: material.map(\.name))),
    ("Materials", .whole([("materials", .list(.whole(material)))])),
    ("Authorisation", .object(authorisation + [isNew], required: authorisation.map(\.name))),
    ("Authorisations", .whole([("authorisations", .list(.whole(authorisation)))])),
  ]
}
