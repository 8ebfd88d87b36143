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

/// `material show`: one material, and its file where that is wanted.
enum MaterialShow {
  private static let output = CommandOption<String>.text(
    "output", "FILE", "Also writes the file there; needs --purpose and --operator.")

  static let command = Command(
    "show", "One material, without whose it is.",
    details: "The look is recorded in the access audit first.",
    options: [output, Look.purpose, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration, mustReveal: invocation[output] != nil)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let (material, file) = try await MaterialCommands.failing {
        let materials = site.counter.materials
        let material = try await materials.material(id)
        return (material, invocation[output] == nil ? nil : try await materials.file(of: id))
      }
      try await look.record(
        file == nil ? .readMaterial : .readMaterialFile,
        revealed: file == nil ? [] : ["material[\(id)].file"], in: site.audit)
      if let file, let path = invocation[output] { try OutputFile.write(file.bytes, to: path) }
      MaterialCommands.write(material, invocation)
      return .done
    }
  }
}
