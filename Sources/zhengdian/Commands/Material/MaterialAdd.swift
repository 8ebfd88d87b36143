import Certificates
import Exchanges
import Applications
import Gateway
import Access
import CivilTime
import Documents
import GatewayAPI
import Materials
import Registry
import SQLDatabase
import Supply

/// `material add`: keeps a paper that a customer hands in.
enum MaterialAdd {
  private static let form = Positional("FORM", "The material as JSON; - is standard input.")

  static let command = Command(
    "add", "Keeps a paper that a customer hands in.",
    details: """
      The form says by which code policies ask for it, whose it is, what stands on it, for which business it is
      handed in, and names the file by its path (docs/reference/supply.md). The same file of the same holder for the
      same paper once more is the material that is kept. Applications that wait for it are judged anew. Who took it
      is recorded in the access audit in the same transaction.
      """,
    options: [Look.operator], positionals: [form]
  ) { invocation in
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let bytes = try invocation.input.read(
      invocation[form].first ?? "-", most: MaterialCommands.largestForm)
    return try await Site.with(invocation) { site in
      let desk = site.supplying.desk
      let (material, isNew) = try await MaterialCommands.failing {
        let form = try MaterialForm(
          try JSONDocument(parsing: bytes).root, codes: desk.materialCodes
        ) { path in try invocation.input.read(path, most: Materials.largestFile) }
        return try await desk.counter.handIn(
          form.material(through: Look.consumer, by: name), at: .now(),
          also: MaterialCommands.keep(.handInMaterial, by: name, in: site.gateway.audit))
      }
      MaterialCommands.write(material, invocation, isNew: isNew)
      return .done
    }
  }
}
