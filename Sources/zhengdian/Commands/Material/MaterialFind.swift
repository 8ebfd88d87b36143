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

/// `material find`: what somebody has handed in.
enum MaterialFind {
  static let holder = Positional(
    "HOLDER", "Whose, as JSON: {\"type\": \"person\", \"code\": \"…\"}; - is standard input.")
  private static let largest = 1 << 16

  static let command = Command(
    "find", "What somebody has handed in and not taken back, the latest first.",
    details: """
      Nobody's number comes to lie in the history of the shell. A person without a code is found by the name within
      one 'application'. The look is recorded in the access audit first.
      """,
    options: [Look.purpose, Look.operator], positionals: [holder]
  ) { invocation in
    let form = try await read(invocation)
    let look = try Look(invocation, try SiteFile.read(invocation))
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let found = try await MaterialCommands.failing {
        try await site.counter.materials.materials(of: form.holder, application: form.application)
      }
      try await look.record(.searchMaterials, keys: keys(form), in: site.audit)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for material in found { lines.object { PaperWriter.write(material, to: &$0) } }
        lines.flush()
      } else {
        var table = TextTable("MATERIAL", "CODE", "HANDED IN", "FOR", "APPLICATION", "UNTIL", "COMPARED")
        for material in found {
          table.row(
            "\(material.id)", material.code, material.received.iso8601, material.business,
            material.application ?? "", material.validTo?.description ?? "",
            material.check?.state.rawValue ?? "")
        }
        if !found.isEmpty { table.write(to: invocation.output) }
      }
      return .done
    }
  }

  static func read(_ invocation: Invocation) async throws -> HolderForm {
    let bytes = try invocation.input.read(invocation[holder].first ?? "-", most: largest)
    return try await SupplyCommands.failing { try HolderForm(try JSONDocument(parsing: bytes).root) }
  }

  /// What was looked for, for the audit.
  static func keys(_ form: HolderForm) -> [LookupKey] {
    [
      form.holder.code.map { LookupKey(.holderCode, $0) }
        ?? form.holder.name.map { LookupKey(.holderName, $0) }
    ].compactMap(\.self)
  }
}
