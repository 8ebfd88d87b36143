import Documents

/// `inspect path`: JSONPath by RFC 9535.
enum InspectPath {
  static let command = Command(
    "path", "What a JSONPath (RFC 9535) selects in a JSON document.",
    details: """
      Each line is {"document": any JSON, "path": "$…"}; each answer is {"nodes": […], "paths": […]} with
      normalised paths and numbers as they were written, or {"error": …}.
      """
  ) { invocation in
    try await LineBench.run(invocation) { PathAnswerer() }
  }
}

struct PathAnswerer: LineAnswerer {
  private static let members = ["document", "path"]
  /// Enough for any path written in earnest; the others end after a second or so.
  private static let stepLimit = 10_000_000

  private var paths = CompiledExpressions<JSONPath>()

  mutating func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    do {
      let members = try CaseReader(line, names: Self.members)
      let path = try paths.expression(try members.text("path")) { (text) throws(DocumentError) in
        try JSONPath(text)
      }
      let found = try path.locatedNodes(in: try members.value("document"), stepLimit: Self.stepLimit)
      writer.member("nodes") { $0.array { for node in found { $0.value(node.value) } } }
      writer.member("paths") { $0.array { for node in found { $0.string(node.path) } } }
    } catch {
      writer.member("error", "\(error)")
    }
  }
}
