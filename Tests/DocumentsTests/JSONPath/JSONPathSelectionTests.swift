import Documents
import Testing

/// A query, a document, and what RFC 9535 says comes out.
struct SelectionCase: Sendable, CustomTestStringConvertible {
  var path: String
  var document: String
  /// A JSON array of the selected values.
  var nodes: String
  var paths: [String]?

  init(_ path: String, _ document: String, _ nodes: String, paths: [String]? = nil) {
    self.path = path
    self.document = document
    self.nodes = nodes
    self.paths = paths
  }

  var testDescription: String { path }

  func check(_ location: SourceLocation = #_sourceLocation) throws {
    let root = try JSONDocument(parsing: document).root
    let found = try JSONPath(path).locatedNodes(in: root)
    var writer = JSONWriter()
    writer.array { for node in found { $0.value(node.value) } }
    var expected = JSONWriter()
    expected.value(try JSONDocument(parsing: nodes).root)
    #expect(writer.text == expected.text, "\(path)", sourceLocation: location)
    if let paths { #expect(found.map(\.path) == paths, "\(path)", sourceLocation: location) }
    // Each normalised path leads back to its node, and the node knows the same path.
    for node in found {
      let again = try JSONPath(node.path)
      #expect(again.isSingular, sourceLocation: location)
      #expect(try again.first(in: root)?.position == node.value.position, sourceLocation: location)
      #expect(node.value.normalizedPath == node.path, sourceLocation: location)
    }
    #expect(
      try JSONPath(path).first(in: root)?.position == found.first?.value.position, sourceLocation: location)
  }
}

struct JSONPathSelectionTests {
  static let platform = """
    {"code":"00","datas":[{"name":"甲","amount":12.50,"tags":["a","b"]},{"name":"乙","amount":7,"tags":[]},\
    {"name":"丙"}],"page":{"total":3,"size":10}}
    """

  @Test(arguments: [
    SelectionCase("$", "[1]", "[[1]]", paths: ["$"]),
    SelectionCase("$", "null", "[null]"),
    SelectionCase("$.datas[0].name", platform, "[\"甲\"]", paths: ["$['datas'][0]['name']"]),
    SelectionCase("$.datas[*].name", platform, "[\"甲\",\"乙\",\"丙\"]"),
    SelectionCase("$.datas[-1]['name']", platform, "[\"丙\"]", paths: ["$['datas'][2]['name']"]),
    SelectionCase("$.datas[3]", platform, "[]"),
    SelectionCase("$.datas[-4]", platform, "[]"),
    SelectionCase("$.code[0]", platform, "[]"),
    SelectionCase("$.datas.name", platform, "[]"),
    SelectionCase("$.page[0]", platform, "[]"),
    SelectionCase("$..name", platform, "[\"甲\",\"乙\",\"丙\"]"),
    SelectionCase("$..tags[0]", platform, "[\"a\"]", paths: ["$['datas'][0]['tags'][0]"]),
    SelectionCase("$.page.*", platform, "[3,10]", paths: ["$['page']['total']", "$['page']['size']"]),
    SelectionCase("$['page','code']", platform, "[{\"total\":3,\"size\":10},\"00\"]"),
    SelectionCase("$.page['size','total','size']", platform, "[10,3,10]"),
    SelectionCase("$..*", "{\"o\":[{\"a\":\"b\"}]}", "[[{\"a\":\"b\"}],{\"a\":\"b\"},\"b\"]"),
    SelectionCase("$..[0,1]", "[[1,2],[3]]", "[[1,2],[3],1,2,3]"),
    SelectionCase(
      "$..j", "{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3,[{\"j\":4},{\"k\":6}]]}", "[1,4]",
      paths: ["$['o']['j']", "$['a'][2][0]['j']"]),
    SelectionCase("$..['a','d']", "[{\"a\":1,\"d\":2},{\"a\":3,\"d\":4}]", "[1,2,3,4]"),
    SelectionCase("$.a..b", "{\"a\":{\"b\":{\"b\":1}},\"b\":2}", "[{\"b\":1},1]"),
    SelectionCase("$.☺", "{\"☺\":1}", "[1]", paths: ["$['☺']"]),
    SelectionCase("$._a1", "{\"_a1\":1}", "[1]"),
    SelectionCase("$.证照_1", "{\"证照_1\":1}", "[1]"),
    SelectionCase("$[\"a\\u0062\"]", "{\"ab\":1}", "[1]"),
    SelectionCase("$['ab']", "{\"\\u0061b\":1}", "[1]"),
    SelectionCase("$['\\'']", "{\"'\":1}", "[1]", paths: ["$['\\'']"]),
    SelectionCase("$[\"\\\"\"]", "{\"\\\"\":1}", "[1]", paths: ["$['\"']"]),
    SelectionCase("$['\\\\']", "{\"\\\\\":1}", "[1]", paths: ["$['\\\\']"]),
    SelectionCase("$['\\/']", "{\"/\":1}", "[1]", paths: ["$['/']"]),
    SelectionCase("$['\\n\\t\\b\\f\\r']", "{\"\\n\\t\\b\\f\\r\":1}", "[1]", paths: ["$['\\n\\t\\b\\f\\r']"]),
    SelectionCase(
      "$['\\u000B\\u001f\\u0000']", "{\"\\u000b\\u001F\\u0000\":1}", "[1]",
      paths: ["$['\\u000b\\u001f\\u0000']"]),
    SelectionCase("$['\\uD834\\uDD1E']", "{\"𝄞\":1}", "[1]", paths: ["$['𝄞']"]),
    SelectionCase("$['\u{7F}']", "{\"\u{7F}\":1}", "[1]", paths: ["$['\u{7F}']"]),
    SelectionCase("$['']", "{\"\":1}", "[1]", paths: ["$['']"]),
    SelectionCase("$ .a [ 0 ] ['b' , \"c\"]", "{\"a\":[{\"b\":1,\"c\":2}]}", "[1,2]"),
    SelectionCase("$\n.a\t\r..b", "{\"a\":{\"b\":1}}", "[1]"),
    SelectionCase("$.true.null.false", "{\"true\":{\"null\":{\"false\":1}}}", "[1]"),
    SelectionCase("$[9007199254740991]", "[1]", "[]"),
    SelectionCase("$[-9007199254740991]", "[1]", "[]"),
  ])
  func selects(_ example: SelectionCase) throws { try example.check() }

  static let ten = "[0,1,2,3,4,5,6,7,8,9]"

  @Test(arguments: [
    SelectionCase("$[1:3]", ten, "[1,2]", paths: ["$[1]", "$[2]"]),
    SelectionCase("$[5:]", ten, "[5,6,7,8,9]"),
    SelectionCase("$[1:5:2]", ten, "[1,3]"),
    SelectionCase("$[5:1:-2]", ten, "[5,3]", paths: ["$[5]", "$[3]"]),
    SelectionCase("$[::-1]", ten, "[9,8,7,6,5,4,3,2,1,0]"),
    SelectionCase("$[:]", "[0,1]", "[0,1]"),
    SelectionCase("$[::]", "[0,1]", "[0,1]"),
    SelectionCase("$[ 1 : 9 : 4 ]", ten, "[1,5]"),
    SelectionCase("$[1 :\n9\t:\r4]", ten, "[1,5]"),
    SelectionCase("$[: :2]", "[0,1,2]", "[0,2]"),
    SelectionCase("$[:-1]", "[0,1,2]", "[0,1]"),
    SelectionCase("$[-2:]", "[0,1,2]", "[1,2]"),
    SelectionCase("$[-1:-3]", ten, "[]"),
    SelectionCase("$[-1:-6:-2]", ten, "[9,7,5]"),
    SelectionCase("$[7:-5:-1]", ten, "[7,6]"),
    SelectionCase("$[1:2:0]", ten, "[]"),
    SelectionCase("$[2:2]", ten, "[]"),
    SelectionCase("$[:]", "[]", "[]"),
    SelectionCase("$[::-1]", "[]", "[]"),
    SelectionCase("$[:]", "{\":\":42}", "[]"),
    SelectionCase("$[:]", "1", "[]"),
    SelectionCase("$[2:113667776004]", ten, "[2,3,4,5,6,7,8,9]"),
    SelectionCase("$[-113667776004:1]", ten, "[0]"),
    SelectionCase("$[113667776004:0:-1]", "[0,1,2]", "[2,1]"),
    SelectionCase("$[3:-113667776004:-1]", ten, "[3,2,1,0]"),
    SelectionCase("$[1:10:113667776004]", ten, "[1]"),
    SelectionCase("$[-1:-10:-113667776004]", ten, "[9]"),
    SelectionCase("$[::9007199254740991]", ten, "[0]"),
    SelectionCase("$[1,0:3,*]", "[0,1,2]", "[1,0,1,2,0,1,2]"),
  ])
  func slices(_ example: SelectionCase) throws { try example.check() }

  @Test func worksBelowAnyNode() throws {
    let root = try JSONDocument(parsing: Self.platform).root
    let row = try #require(root["datas"]?[1])
    #expect(try JSONPath("$.name").first(in: row)?.string == "乙")
    #expect(
      try JSONPath("$..*").locatedNodes(in: row).map(\.path) == ["$['name']", "$['amount']", "$['tags']"])
    #expect(try JSONPath("$[?@ == $.amount]").nodes(in: row).count == 1)
    #expect(row.normalizedPath == "$['datas'][1]")
  }

  @Test func namesTheSameNodeAgain() throws {
    let root = try JSONDocument(parsing: "[[1],[2]]").root
    #expect(
      try JSONPath("$[1,0,1][0,0]").locatedNodes(in: root).map(\.path) == [
        "$[1][0]", "$[1][0]", "$[0][0]", "$[0][0]", "$[1][0]", "$[1][0]",
      ])
  }

  @Test func takesTheLastOfRepeatedNames() throws {
    let root = try JSONDocument(parsing: "{\"a\":1,\"b\":0,\"a\":2}").root
    #expect(try JSONPath("$.a").first(in: root)?.integer == 2)
    #expect(root["a"]?.integer == 2)
  }

  @Test func stopsAtTheStepLimit() throws {
    let root = try JSONDocument(
      parsing: "[" + Array(repeating: "[1,2,3]", count: 50).joined(separator: ",") + "]"
    ).root
    #expect(throws: DocumentError.self) {
      try JSONPath("$..[?$..[?$..[?@ == 9]]]").nodes(in: root, stepLimit: 10_000)
    }
    #expect(throws: Never.self) { try JSONPath("$..[?@ == 3]").nodes(in: root, stepLimit: 10_000) }
  }
}
