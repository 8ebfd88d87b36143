import Access
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Supply

/// `project convert`: makes an application of a project.
enum ProjectConvert {
  static let form = CommandOption<String>.text(
    "form", "FILE",
    "Members of an application's form that count before what the project says; - is standard input.")

  private static let largestForm = 1 << 20

  static let command = Command(
    "convert", "Makes an application of a project, and judges what it still needs.",
    details: """
      Who applies, where, the code and the capacity are filled in from the project, and its registration and permits are
      looked for. What the project does not tell, as the voltage, stands in --form: any members of an application's form
      (docs/reference/projects.md). Platforms whose word is needed are asked. A project becomes one application: once more
      shows the latest verdict on that one. The look is recorded in the access audit.

      Exit code 1 when something could not be decided or checked.
      """,
    options: [form, SupplyCommands.language, Look.purpose, Look.operator], positionals: [ProjectCommands.id]
  ) { invocation in
    let bytes = try invocation[form].map { try invocation.input.read($0, most: largestForm) }
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await Site.with(invocation) { site in
      let desk = site.supplying
      let converted = try await ProjectCommands.failing {
        let conversion = try bytes.map { try ReserveConversion(try JSONDocument(parsing: $0).root) } ?? .plain
        return try await desk.reserve.convert(
          try await ProjectCommands.id(invocation, desk.reserve.store), conversion, for: look.asker,
          at: .now())
      }
      try await look.record(
        .convertProject,
        certificates: try converted.answer?.certificates ?? converted.verdict.certificates,
        keys: converted.answer?.keys ?? [], in: site.gateway.audit)
      if invocation.wantsJSON {
        invocation.output.line(String(decoding: converted.verdict.signed, as: UTF8.self))
      } else {
        try SupplyCommands.write(
          converted.verdict, invocation[SupplyCommands.language] ?? .zh, to: invocation.output)
      }
      await desk.desk.close()
      let isFinal = try converted.verdict.document.root["verdict"]?["final"]?.boolean
      return isFinal == true ? .done : .failure
    }
  }
}
