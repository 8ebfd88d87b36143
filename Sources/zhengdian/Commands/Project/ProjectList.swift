import CivilTime
import Documents
import GatewayAPI
import Supply

/// `project list`: the projects, newest first. Opens nothing, so nobody's data is in it.
enum ProjectList {
  static let stage = CommandOption<ReserveStage>.choice("stage", "Only those in this stage.")
  static let region = CommandOption<String>.text(
    "region", "DIGITS", "The beginning of an area code: 41 lists those of a province.")
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the project that was listed last.")

  static let command = Command(
    "list", "The projects of the reserve, newest first.", options: [stage, region, limit, after]
  ) { invocation in
    let limit = invocation[limit] ?? 50
    if let region = invocation[region],
      !(2...6 ~= region.utf8.count && region.utf8.allSatisfy { (0x30...0x39).contains($0) })
    {
      throw UsageError("--region takes two to six digits")
    }
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await ProjectCommands.failing {
        try await site.reserve.list(
          ReserveStore.Filter(
            stage: invocation[stage], region: invocation[region],
            before: invocation[after].map { ReserveProjectID(rawValue: Int64($0)) }, limit: limit))
      }
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for project in found { lines.object { ProjectWriter.writeMembers(project, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        var table = TextTable(
          "PROJECT", "CODE", "REGION", "STAGE", "PERMITS", "UNDER WAY", "APPLICATION", "CHANGED")
        for project in found {
          table.row(
            "\(project.id)", project.code, project.region, project.stage.rawValue, "\(project.permits)",
            "\(project.underWay)", project.application.map { "\($0)" } ?? "", project.changed.iso8601)
        }
        table.write(to: invocation.output)
      }
      if let last = found.last, found.count == limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }
}
