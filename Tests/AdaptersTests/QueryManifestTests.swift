import Documents
import Testing

@testable import Adapters

/// Manifests of queries: what belongs to them, and what they must not be without.
@Suite struct QueryManifestTests {
  private static let manifest = """
    adapter: here/p
    title: p
    basis: assumed
    envelope:
      format: json
      success: {path: $.code, in: ["0"]}
      rows: $.data[*]
      total: $.total
    paging: {style: page}
    request: {method: POST, body: {json: {page: "{page.number}"}}}
    operations:
      rows:
        kind: pull
        mapping: p/rows
        request: {path: /rows}
      holder:
        kind: query
        mapping: p/rows
        item: x-1
        request: {path: /one, body: {json: {page: ~, code: "{asked.holderCode}", who: "{asked.operator}", for: "{asked.item}"}}}
    """

  private static func problems(_ old: String, _ new: String) -> [String] {
    let text = manifest.replacing(old, with: new)
    precondition(text != manifest, "\(old) does not stand in the manifest")
    return ManifestTests.read(["here/p": text]).1.all.map(\.description)
  }

  @Test func aQueryHasRowsAndNoPages() throws {
    let (library, diagnostics) = ManifestTests.read(["here/p": Self.manifest])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    #expect(adapter.operations.map(\.kind) == [.pull, .query])
    let query = try #require(adapter.queries.first)
    #expect(query.mapping == "p/rows" && query.needs == [.holderCode])
    #expect(query.envelope.rows != nil && query.envelope.total != nil)
    #expect(adapter.pull("holder") == nil && adapter.pulls.map(\.name) == ["rows"])
    #expect(try Adapter(bundle: adapter.bundle).queries.map(\.needs) == [[.holderCode]])
  }

  @Test(arguments: [
    ("kind: query", "kind: query\n    paging: {style: page}", "only a pull has it"),
    ("kind: query", "kind: query\n    template: p/x", "only a push has it"),
    ("kind: query", "kind: query\n    incremental: {start: 2020-01-01, form: epoch-s}", "only a pull has it"),
    ("code: \"{asked.holderCode}\", ", "", "uses none of {asked.holderCode}"),
    ("{asked.operator}", "{asked.operatr}", "asked.operatr"),
    ("  rows: $.data[*]\n", "", "needs envelope.rows"),
    ("    mapping: p/rows\n    item", "    item", "needs the key 'mapping'"),
    ("    kind: pull\n", "    kind: pull\n    item: x\n", "only a query has it"),
    ("path: /rows", "path: \"/rows/{asked.holderCode}\"", "asked.holderCode"),
  ])
  func whatContradictsIsToldWithItsPlace(_ old: String, _ new: String, _ message: String) {
    let problems = Self.problems(old, new)
    #expect(problems.contains { $0.contains(message) }, "\(problems)")
  }

  @Test func twoThatComeToTheSameAreOneQuestion() throws {
    let (library, _) = ManifestTests.read(["here/p": Self.manifest])
    let query = try #require(library.adapter("here/p")?.queries.first)
    func seen(_ name: String, _ operatorName: String, item: String?) -> Enquiry {
      Enquiry(
        keys: [.holderCode: "1", .holderName: name], purpose: name, operator: operatorName, item: item
      ).seen(by: query)
    }
    #expect(seen("a", "o", item: nil) == seen("b", "o", item: "x-1"))
    #expect(seen("a", "o", item: nil) != seen("a", "p", item: nil))
    #expect(seen("a", "o", item: nil) != seen("a", "o", item: "x-2"))
  }
}
