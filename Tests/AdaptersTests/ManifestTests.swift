import Documents
import Glibc
import Testing

@testable import Adapters

@Suite struct ManifestTests {
  static let family = """
    adapter: families/f
    title: f
    basis: convention
    settings: {appKey: {}, appSecret: {secret: true}}
    signature: {text: appKey + secret, value: hex(md5(text))}
    request:
      method: POST
      values: {appKey: setting.appKey, secret: setting.appSecret}
      query: {sign: "{signature}"}
    envelope:
      format: json
      success: {path: $.code, in: ["0"]}
      rows: $.rows[*]
      total: $.total
    paging: {style: page, size: 10}
    """
  static let adapter = """
    adapter: here/p
    extends: families/f
    title: p
    operations:
      deeds:
        kind: pull
        mapping: p/deeds
        request: {path: /deeds, query: {page: "{page.number}"}}
    """

  static func read(_ texts: [String: String]) -> (AdapterLibrary, Diagnostics) {
    let diagnostics = Diagnostics()
    let sources = texts.map { name, text in
      AdapterLibrary.Source(name: name, file: name + ".yaml", bytes: Array(text.utf8))
    }
    return (AdapterLibrary(sources, diagnostics), diagnostics)
  }

  @Test func aFamilyIsLaidUnderItsAdapter() throws {
    let (library, diagnostics) = Self.read(["families/f": Self.family, "here/p": Self.adapter])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    let operation = try #require(adapter.operation("deeds"))
    #expect(adapter.title == "p" && adapter.basis == .convention)
    #expect(operation.paging.size == 10)
    #expect(operation.request.query.map(\.name) == ["sign", "page"])
    #expect(
      operation.request.references.isSuperset(of: ["setting.appKey", "setting.appSecret", "page.number"]))
    #expect(library.adapters.count == 1)
    let scheme = try #require(library.signatures["f"])
    let signed = try scheme.sign(ExpressionTests.scope(["appKey": "a", "secret": "bc"]))
    #expect(signed.text.text == "abc" && signed.signature.text == "900150983cd24fb0d6963f7d28e17f72")
  }

  /// One change to the adapter or the family, and the problem it must give, with its place.
  @Test(arguments: [
    ("mapping: p/deeds", "maping: p/deeds", "here/p.yaml:7:5", "mapping"),
    ("kind: pull", "kind: pul", "here/p.yaml:6:11", "pull"),
    ("{page.number}", "{page.nummer}", "here/p.yaml:8:", "page.number"),
    ("extends: families/f", "extends: families/g", "here/p.yaml:2:10", "families/f"),
    ("adapter: here/p", "adapter: here/q", "here/p.yaml:1:", "here/p"),
  ])
  func mistakesAreToldWithPlaceAndNearestWord(
    _ old: String, _ new: String, _ place: String, _ suggestion: String
  ) {
    let (_, diagnostics) = Self.read([
      "families/f": Self.family, "here/p": Self.adapter.replacing(old, with: new),
    ])
    let problems = diagnostics.errors.filter { $0.description.hasPrefix(place) }
    #expect(problems.contains { $0.suggestion == suggestion }, "\(diagnostics.all.map(\.description))")
  }

  @Test(arguments: [
    ("total: $.total", "", "needs an end"),
    ("{style: page, size: 10}", "{style: cursor}", "needs envelope.cursor"),
    ("hex(md5(text))", "md5(text)", "is bytes"),
    ("hex(md5(text))", "hex(md5(txt))", "nothing is called 'txt'"),
    ("rows: $.rows[*]", "rows: $.rows[", "must be a JSONPath"),
    ("success: {path: $.code, in: [\"0\"]}", "success: yes", "'status'"),
    ("appSecret: {secret: true}", "appSecret: {secret: true, default: x}", "not allowed here"),
    ("basis: convention", "basis: guess", "published"),
    ("format: json", "format: json\n  charset: latin", "charset"),
  ])
  func contradictionsAreFoundBeforeAnyCall(_ old: String, _ new: String, _ message: String) {
    let (library, diagnostics) = Self.read([
      "families/f": Self.family.replacing(old, with: new), "here/p": Self.adapter,
    ])
    #expect(
      diagnostics.errors.contains { $0.description.contains(message) },
      "\(diagnostics.all.map(\.description))")
    #expect(library.adapter("here/p") == nil)
  }

  @Test func circlesAreRefused() {
    let (_, circle) = Self.read(["families/a": "extends: families/b", "families/b": "extends: families/a"])
    #expect(circle.errors.contains { $0.message.contains("circle") })
    let tokens = """

      tokens:
        a:
          request: {method: POST, path: /a, query: {t: "{token.b}"}}
          envelope: {format: json, success: status}
          value: $.a
          expires: {after: 1h}
        b:
          request: {method: POST, path: /b, query: {t: "{token.a}"}}
          envelope: {format: json, success: status}
          value: $.b
          expires: {after: 1h}
      """
    let (_, needing) = Self.read(["families/f": Self.family, "here/p": Self.adapter + tokens])
    #expect(needing.errors.contains { $0.message.contains("needs itself") }, "\(needing.all)")
  }

  @Test func theManifestsOfThisProjectAreSound() throws {
    let folder = repository + "/Adapters"
    let sources = try files(below: folder, extension: ".yaml").map { path in
      AdapterLibrary.Source(
        name: String(path.dropFirst(folder.count + 1).dropLast(5)), file: path,
        bytes: try #require(readFile(path)))
    }
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(sources, diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    #expect(library.adapters.count >= 4)
    #expect(
      Set(library.signatures.keys).isSuperset(of: ["zhejiang-public-data", "national-exchange", "x-tif"]))
  }
}

let repository = String(
  #filePath.prefix(#filePath.utf8.count - "/Tests/AdaptersTests/ManifestTests.swift".utf8.count))

func files(below folder: String, extension ending: String) -> [String] {
  var found: [String] = []
  guard let directory = unsafe opendir(folder) else { return [] }
  defer { unsafe closedir(directory) }
  while let entry = unsafe readdir(directory) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name.hasPrefix(".") { continue }
    let path = folder + "/" + name
    if name.hasSuffix(ending) { found.append(path) } else { found += files(below: path, extension: ending) }
  }
  return found.sorted()
}

func readFile(_ path: String) -> [UInt8]? {
  guard let file = unsafe fopen(path, "r") else { return nil }
  defer { _ = unsafe fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe fread(&chunk, 1, chunk.count, file)
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}
