import Access
import Certificates
import Documents
import HTTPService
import Registry
import Testing

@testable import GatewayAPI

@Suite struct OpenAPITests {
  private let document = SchemaCheck.shared.document

  @Test func everyRouteIsDescribedAndNothingElse() throws {
    var described: Set<String> = []
    for (path, item) in document.root["paths"]?.members.map({ $0 }) ?? [] {
      for (method, _) in item.members { described.insert("\(method.uppercased()) \(path)") }
    }
    #expect(
      described
        == Set(APIRoute.all.map { "\($0.method) \($0.pattern)" } + ["POST \(GatewayAPI.inboundPattern)"]))
    // And each of them is found by the router.
    for route in APIRoute.all {
      let path = route.pattern.replacing("{id}", with: "x1")
      guard case .found(let found, _) = APIRoute.router.match(route.method, path) else {
        Issue.record("the router does not know \(route.pattern)")
        continue
      }
      #expect(found.operation == route.operation)
    }
    #expect(Set(APIRoute.all.map(\.operation)) == Set(APIRoute.Operation.allCases))
    #expect(document.root["openapi"]?.string == "3.1.0")
  }

  @Test func everyReferenceLeadsSomewhereAndEverySchemaIsUsed() throws {
    var used: Set<String> = []
    func walk(_ value: JSONValue) {
      if let target = value["$ref"]?.string {
        used.insert(target)
        var place: JSONValue? = document.root
        for part in target.split(separator: "/").dropFirst() { place = place?[String(part)] }
        #expect(place != nil, "\(target) leads nowhere")
      }
      for element in value.elements { walk(element) }
      for (_, member) in value.members { walk(member) }
    }
    walk(document.root)
    for (name, _) in document.root["components"]?["schemas"]?.members.map({ $0 }) ?? [] {
      #expect(used.contains("#/components/schemas/\(name)"), "nobody uses \(name)")
    }
  }

  @Test func parametersOfPathsAreDescribedAndNoneIsAnIdentifier() throws {
    for (path, item) in document.root["paths"]?.members.map({ $0 }) ?? [] {
      let named = path.split(separator: "/").compactMap { part in
        part.hasPrefix("{") ? String(part.dropFirst().prefix { $0 != "}" }) : nil
      }
      for (method, operation) in item.members {
        let parameters = operation["parameters"]?.elements.map { $0 } ?? []
        let inPath = parameters.filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
        #expect(inPath == named, "\(method) \(path)")
        let names = parameters.filter { $0["in"]?.string != "header" }.compactMap { $0["name"]?.string }
        for domain in SearchKeys.members { #expect(!names.contains(domain.name)) }
        if path.hasPrefix("/v1/certificates") {
          let required = parameters.filter { $0["required"]?.boolean == true }.compactMap {
            $0["name"]?.string
          }
          #expect(required.contains("X-Purpose") && required.contains("X-Operator"))
        }
      }
    }
  }

  /// Whoever keeps to the description is not refused for the form of what they send.
  @Test func requestsAreDescribedWithTheirBounds() throws {
    let schemas = document.root["components"]?["schemas"]
    func needed(_ name: String) -> [String]? {
      schemas?[name]?["anyOf"]?.elements.compactMap { $0["required"]?.elements.first { _ in true }?.string }
    }
    #expect(needed("SearchRequest") == SearchKeys.members.map(\.name) + ["keys"])
    #expect(needed("MatchRequest") == CertificateMatch.findingNames)
    let search = schemas?["SearchRequest"]?["properties"]
    #expect(search?["limit"]?["maximum"]?.integer == CertificateSearch.mostHits)
    #expect(search?["holderName"]?["maxLength"]?.integer == BodyReader.longestText)
    #expect(search?["keys"]?["maxItems"]?.integer == CertificateSearch.mostKeys)
    let names = schemas?["MatchRequest"]?["properties"]?["fields"]?["propertyNames"]?["enum"]
    #expect(names?.elements.compactMap(\.string) == CertificateMatch.fieldPaths)
    let id = try RegularExpression(CertificateID.pattern)
    for text in ["crt-0123456789abcdefghjk", "crt-0123456789abcdefghji", "crt-0123456789abcdefghj", "110105"]
    {
      #expect(try id.contains(text) == (CertificateID(rawValue: text) != nil), "\(text)")
    }
  }

  @Test func everyFieldOfRecordsIsDescribed() {
    let record = document.root["components"]?["schemas"]?["Record"]?["properties"]
    for field in FieldSchema.all {
      let group =
        field.group == .holder
        ? record?["holders"]?["items"]?["properties"] : record?[field.group.rawValue]?["properties"]
      #expect(group?[field.name] != nil, "\(field.path)")
    }
  }

  @Test func everyProblemHasTitlesAndAStatus() {
    for code in ProblemCode.allCases {
      #expect(!code.title.isEmpty && !code.englishTitle.isEmpty && (400...599).contains(code.status))
    }
    #expect(Set(ProblemCode.allCases.map(\.title)).count == ProblemCode.allCases.count)
  }

  @Test func theCheckFindsWhatIsNotDescribed() throws {
    let check = SchemaCheck.shared
    let request = HTTPServerRequest(method: "GET", path: "/health/live")
    for body in ["{}", "{\"status\": \"alive\"}", "{\"status\": \"live\", \"more\": 1}", "[]"] {
      let reply = try Reply(
        status: 200, headers: ["Content-Type": "application/json"], bytes: Array(body.utf8))
      #expect(throws: SchemaCheck.Mismatch.self) { try check.check(reply, of: request) }
    }
    let good = try Reply(
      status: 200, headers: ["Content-Type": "application/json"], bytes: Array("{\"status\": \"live\"}".utf8))
    try check.check(good, of: request)
  }
}
