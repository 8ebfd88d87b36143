import Access
import CivilTime
import Crypto
import Documents
import Exchanges
import Registry
import Supply

/// `project import`: reads a list of projects, for regions whose platform is not connected.
enum ProjectImport {
  static let file = Positional("FILE", "The list as comma-separated values; - is standard input.")
  static let ignored = CommandOption<String>.text(
    "ignore", "HEADING", "A heading that means nothing here.", isRepeated: true)

  private static let largestList = 64 << 20

  static let command = Command(
    "import", "Reads a list of projects, for regions whose platform is not connected.",
    details: """
      The first line has the headings (docs/reference/projects.md); 项目代码 is needed. UTF-8 or GB 18030. The list is
      recorded in the journal as it is, its projects are kept in the registry as the word of the platform
      'project-list', and the reserve is brought up to date. A list with anything wrong in it is refused as a whole, with
      line and heading of everything. The same list once more changes nothing; what a later list does not have any more
      stays as it was.
      """,
    options: [ignored, Look.operator], positionals: [file]
  ) { invocation in
    let bytes = try invocation.input.read(invocation[file].first ?? "-", most: largestList)
    let configuration = try SiteFile.read(invocation)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let list = try await ProjectCommands.failing {
        try ProjectTable(bytes, ignoring: Set(invocation.arguments.all(ignored)))
      }
      try await Look.recordDecision(
        .importProjects, by: name, on: ProjectTable.platform, in: site.audit)
      let (exchange, counts) = try await ProjectListing(site.registry, site.journal, site.database).store(
        list, bytes, requestID: "cli-" + Hex.encode(SecureRandom.bytes(8)), at: .now())
      let changed = try await ReserveWatch(site.reserve, site.registry).catchUp()
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("exchange", exchange.rawValue)
          $0.member("rows", list.entries.count)
          $0.member("newCertificates", counts.new)
          $0.member("projectsChanged", changed)
        }
      } else {
        invocation.output.line(
          "\(list.entries.count) projects read (exchange \(exchange.rawValue)), \(changed) of the reserve are new or stand otherwise"
        )
      }
      return .done
    }
  }
}
