import Documents

/// `inspect xpath`: XPath 1.0 over XML without DTDs and entities.
enum InspectXPath {
  static let command = Command(
    "xpath", "What an XPath 1.0 expression selects in an XML document.",
    details: """
      Each line is {"document": "<xml…>", "path": "//…"}; each answer is {"nodes": [text…]} with the text of each
      node, or of the one string, number or boolean, or {"error": …}. Documents with a DTD are refused.
      """
  ) { invocation in
    try await LineBench.run(invocation) { XPathAnswerer() }
  }
}

struct XPathAnswerer: LineAnswerer {
  private static let members = ["document", "path"]

  private var paths = CompiledExpressions<XPath>()

  mutating func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    do {
      let members = try CaseReader(line, names: Self.members)
      let path = try paths.expression(try members.text("path")) { (text) throws(DocumentError) in
        try XPath(text)
      }
      let document = try XMLDocument(parsing: try members.text("document"))
      writer.member("nodes", try path.strings(in: document))
    } catch {
      writer.member("error", "\(error)")
    }
  }
}
