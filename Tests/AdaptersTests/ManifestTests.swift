import Documents
import Exchanges
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
    let operation = try #require(adapter.pull("deeds"))
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
    ("extends: families/f", "extnds: families/f", "here/p.yaml:2:1", "extends"),
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
    ("request:\n", "request:\n  path: deeds\n", "begins with '/'"),
    ("format: json", "format: json\n  charset: latin", "charset"),
  ])
  func contradictionsAreFoundBeforeAnyCall(_ old: String, _ new: String, _ message: String) {
    let (library, diagnostics) = Self.read([
      "families/f": Self.family.replacing(old, with: new),
      "here/p": Self.adapter.replacing(
        "path: /deeds, ", with: new.contains("path: deeds") ? "" : "path: /deeds, "),
    ])
    #expect(
      diagnostics.errors.contains { $0.description.contains(message) },
      "\(diagnostics.all.map(\.description))")
    #expect(library.adapter("here/p") == nil)
  }

  /// A family has no operations of its own; what is wrong with it is told before an adapter extends it.
  @Test(arguments: [
    ("  format: json", "  fromat: json", "families/f.yaml:11:3", "format"),
    ("request:", "reqeust:", "families/f.yaml:6:1", "request"),
    ("format: json", "format: jsno", "families/f.yaml:11:11", "json"),
    ("hex(md5(text))", "hex(md6(text))", "families/f.yaml:5:", "md5"),
    ("setting.appKey,", "setting.appKye,", "families/f.yaml:8:", "setting.appKey"),
    ("{signature}", "{signatrue}", "families/f.yaml:9:", "signature"),
    ("style: page", "style: pgae", "families/f.yaml:15:17", "page"),
    ("basis: convention", "basis: convetion", "families/f.yaml:3:8", "convention"),
  ])
  func mistakesOfAFamilyAloneAreTold(_ old: String, _ new: String, _ place: String, _ suggestion: String) {
    let (_, sound) = Self.read(["families/f": Self.family])
    #expect(sound.all.map(\.description) == [])
    let (_, diagnostics) = Self.read(["families/f": Self.family.replacing(old, with: new)])
    #expect(
      diagnostics.errors.contains { $0.description.hasPrefix(place) && $0.suggestion == suggestion },
      "\(diagnostics.all.map(\.description))")
  }

  private static let tokens = """

    tokens:
      a:
        request: {method: POST, path: /a, query: {t: "{signature}"}, values: {appKey: setting.appKey, secret: setting.appSecret}}
        envelope: {format: json, success: status}
        value: $.a
        expires: {at: $.b, form: epoch-ms}
        refreshBefore: 10s
      b:
        request: {method: POST, path: /b, query: {t: "{token.a}"}}
        envelope: {format: json, success: status}
        value: $.b
        expires: {after: 1h}
    """

  /// One slip in a family, however many adapters, tokens and operations it serves, and nothing that follows from it only.
  @Test(arguments: [
    ("hex(md5(text))", "hex(md6(text))", "families/f.yaml:5:47"),
    ("path: /a,", "path: a,", "families/f.yaml:18:35"),
    ("style: page", "style: pgae", "families/f.yaml:15:17"),
    ("setting.appSecret}\n  query", "setting.appSercet}\n  query", "families/f.yaml:8:44"),
    ("expires: {at:", "expires: {att:", ""),
    ("{signature}\"}\nenv", "{signatrue}\"}\nenv", "families/f.yaml:9:18"),
  ])
  func aMistakeIsToldOnce(_ old: String, _ new: String, _ place: String) {
    let family = Self.family + Self.tokens
    let second =
      "\n  shops: {kind: pull, mapping: p/shops, request: {path: /s, query: {page: \"{page.number}\"}}}"
    func read(_ family: String) -> Diagnostics {
      Self.read([
        "families/f": family, "here/p": Self.adapter + second,
        "here/q": (Self.adapter + second).replacing("here/p", with: "here/q"),
      ]).1
    }
    #expect(read(family).all.map(\.description) == [])
    let changed = family.replacing(old, with: new)
    #expect(changed != family)
    let found = read(changed).all
    if place.isEmpty {
      // What is missing, and what is there instead.
      #expect(found.map(\.message).filter { !$0.contains("att") && !$0.contains("needs one of") } == [])
      #expect(found.count == 2)
    } else {
      #expect(found.map { "\($0.file):\($0.line):\($0.column)" } == [place], "\(found)")
    }
  }

  /// Where something could not be read it is not said what is used nowhere.
  @Test(arguments: [
    ("query: {page:", "query: {a: \"{setting.appKye}\", page:"), ("path: /deeds", "path: deeds"),
    ("query: {page:", "qeury: {page:"),
  ])
  func mistakesAreNotFollowedByDoubts(_ old: String, _ new: String) {
    let adapter = Self.adapter.replacing(old, with: new) + "\nsettings: {spare: {}}"
    let (_, diagnostics) = Self.read(["families/f": Self.family, "here/p": adapter])
    #expect(diagnostics.hasErrors && diagnostics.warnings.isEmpty, "\(diagnostics.all.map(\.description))")
  }

  /// A slip in a name that removes, or in a value that nobody else names, would leave the family's own in force.
  @Test(arguments: [
    (
      "request: {path: /deeds,", "request: {path: /deeds, headers: {X-Old: ~},", "must be a text, not nothing"
    ),
    ("kind: pull", "kind: pull\n    pagign: ~", "(did you mean 'paging'?)"),
    (
      "request: {path: /deeds,", "request: {path: /deeds, values: {appKye: setting.appKey},",
      "is used nowhere"
    ),
    ("title: p", "title: p\nsettings: {appSercet: {default: x}}", "is used nowhere"),
  ])
  func whatHasNoEffectIsTold(_ old: String, _ new: String, _ message: String) {
    let (_, diagnostics) = Self.read([
      "families/f": Self.family, "here/p": Self.adapter.replacing(old, with: new),
    ])
    #expect(
      diagnostics.all.contains {
        $0.description.contains(message) && $0.file == "here/p.yaml" && $0.line > 0
      },
      "\(diagnostics.all.map(\.description))")
  }

  @Test func whatOneLayerRemovesStaysRemoved() throws {
    let (library, diagnostics) = Self.read([
      "families/f": Self.family,
      "families/g": "adapter: families/g\nextends: families/f\nlimits: {daily: 5}\nretry: {most: 2}",
      "here/p": Self.adapter.replacing("families/f", with: "families/g") + "\nretry: ~",
    ])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    #expect(adapter.pull("deeds")?.retry.most == RetryPolicy().most && adapter.limits.daily == 5)
    // Both layers below have it.
    let (other, _) = Self.read([
      "families/f": Self.family + "\nretry: {most: 3}",
      "families/g": "adapter: families/g\nextends: families/f\nretry: {first: 2s}",
      "here/p": Self.adapter.replacing("families/f", with: "families/g") + "\nretry: ~",
    ])
    #expect(other.adapter("here/p")?.operation("deeds")?.retry == RetryPolicy())
  }

  @Test func aMessageInsideIsMadeOfTheValuesBeforeItsUse() throws {
    let adapter = Self.adapter.replacing(
      "request: {path: /deeds,",
      with: "request: {path: /deeds, values: {time: time(ms), data: base64(payload)}, "
        + "payload: {json: {at: \"{time}\"}}, headers: {X-Data: \"{data}\"},")
    let (library, diagnostics) = Self.read(["families/f": Self.family, "here/p": adapter])
    #expect(diagnostics.all.map(\.description) == [])
    let operation = try #require(library.adapter("here/p")?.pull("deeds"))
    #expect(operation.request.references.isSuperset(of: ["payload", "time", "data"]))
    for (new, message) in [
      ("{at: \"{data}\"}", "nothing is called 'data' here"), ("{at: \"{tiem}\"}", "(did you mean 'time'?)"),
    ] {
      let (_, wrong) = Self.read([
        "families/f": Self.family, "here/p": adapter.replacing("{at: \"{time}\"}", with: new),
      ])
      #expect(wrong.errors.contains { $0.description.contains(message) }, "\(wrong.all)")
    }
    let (_, unused) = Self.read([
      "families/f": Self.family, "here/p": adapter.replacing("base64(payload)", with: "\"'x'\""),
    ])
    #expect(unused.warnings.contains { $0.message.contains("is used by no value") }, "\(unused.all)")
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
    let manifests = files(below: folder, extension: ".yaml").filter { !$0.hasSuffix("/policy.yaml") }
    let sources = try manifests.map { path in
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
