import Access
import Certificates
import Documents
import GatewayAPI
import Registry
import Supply

/// `project show`: a project with all that is known of it.
enum ProjectShow {
  static let command = Command(
    "show", "A project with its owner, its permits, its parts and those it may be the same as.",
    details: "People are masked. The look is recorded in the access audit.",
    options: [Look.purpose, Look.operator], positionals: [ProjectCommands.id]
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let detail = try await ProjectCommands.failing {
        try await site.reserve.detail(try await ProjectCommands.id(invocation, site.reserve))
      }
      try await look.record(.readProject, certificates: detail.certificates, in: site.audit)
      if invocation.wantsJSON {
        invocation.output.json { ProjectWriter.writeMembers(detail, to: &$0) }
      } else {
        write(detail, to: invocation.output)
      }
      return .done
    }
  }

  private static func write(_ detail: ReserveDetail, to output: Output) {
    let project = detail.project
    output.line(
      output.paint("project \(project.id) (\(project.code))", .bold)
        + " in \(project.region): \(project.stage.rawValue)")
    if let application = project.application { output.line("became application \(application)") }
    if let capacity = project.capacity { output.line("needs \(TerminalText.safe(capacity)) kW") }
    if let content = detail.content {
      let shown = ShownProject(content)
      let lines = [("name", shown.name), ("place", shown.place), ("scale", content.scale)]
      for case (let title, let text?) in lines { output.line("\(title): \(TerminalText.safe(text))") }
      for owner in shown.owners {
        output.line("owner: \(TerminalText.safe(owner.name)) \(TerminalText.safe(owner.code ?? ""))")
      }
      output.line("registration: \(content.certificate)")
      for approval in content.approvals {
        let dated =
          "\(approval.kind.rawValue): \(approval.certificate)\(approval.decided.map { " of \($0)" } ?? "")"
        if approval.kind == .approvalCase {
          let told = [approval.item, approval.progress?.rawValue ?? approval.state].compactMap(\.self)
          output.line("\(dated)\(told.map { ", \(TerminalText.safe($0))" }.joined())")
        } else {
          output.line("\(dated)\(approval.holds ? "" : ", holds no longer")")
        }
      }
    } else {
      output.line("what was known of it was erased")
    }
    if let code = project.parentCode {
      output.line(
        "part of \(detail.parent.map { "project \($0)" } ?? "a project that is not known here") (\(code))")
    }
    if let other = project.joinedTo { output.line("the same as project \(other), to which it is joined") }
    let others = [
      ("parts", detail.parts), ("joined to it", detail.joined), ("may be the same as", detail.alike),
    ]
    for (title, ids) in others where !ids.isEmpty {
      output.line("\(title): \(ids.map(\.description).joined(separator: ", "))")
    }
  }
}
