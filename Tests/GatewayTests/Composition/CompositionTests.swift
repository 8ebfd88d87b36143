import Adapters
import Crypto
import Documents
import SQLDatabase
import Sync
import Telemetry
import Testing

@testable import Gateway

@Suite struct CompositionTests {
  private let folder = TemporaryFolder()

  private func site(_ text: String) throws -> SiteConfiguration {
    let file = folder.write("zhengdian.yaml", text)
    let diagnostics = Diagnostics()
    return try #require(
      SiteConfiguration.read(file, share: folder.path, diagnostics: diagnostics), "\(diagnostics.all)")
  }

  private static func keyLine(_ id: String) -> String { "\(id): \(Hex.encode(SecureRandom.bytes(32)))\n" }

  @Test func aSiteIsOpenedClosedAndOpenedAgain() async throws {
    folder.write("keys", Self.keyLine("a"))
    let site = try site("database: d.sqlite\nkeys: {file: keys}\n")
    for _ in 0..<2 {
      let gateway = try await Gateway.open(site, environment: [:], log: .silent)
      let versions = try await gateway.database.schemaVersions()
      #expect(Set(versions.map(\.component)).isSuperset(of: ["journal", "registry", "access"]))
      #expect(gateway.platforms.isEmpty && gateway.platform("x") == nil)
      await gateway.close(drain: .zero)
      await #expect(throws: DatabaseError.self) { try await gateway.database.schemaVersions() }
    }
  }

  @Test func tablesOfPartsOnTopAreMadeToo() async throws {
    folder.write("keys", Self.keyLine("a"))
    let component = SchemaComponent(
      name: "extra",
      migrations: [Migration(version: 1, name: "one", statements: ["CREATE TABLE extra (id INTEGER)"])])
    let gateway = try await Gateway.open(
      try site("database: d.sqlite\nkeys: {file: keys}\n"), environment: [:], components: [component],
      log: .silent)
    #expect(try await gateway.database.read { try $0.int("SELECT count(*) FROM extra") } == 0)
    await gateway.close(drain: .zero)
  }

  @Test func withoutKeysNothingIsOpened() async throws {
    let site = try site("database: d.sqlite\nkeys: {file: keys}\n")
    let error = await #expect(throws: ConfigurationError.self) {
      try await Gateway.open(site, environment: [:], log: .silent)
    }
    #expect(error?.description.contains("openssl rand -hex 32") == true)
    #expect(throws: GatewayError.self) { try FileReading.bytes(of: folder.path + "/d.sqlite") }
  }

  @Test(arguments: ["nowhere/d.sqlite", ".", "keys/d.sqlite"])
  func aDatabaseThatCannotLieThereIsAnErrorAtItsPlace(database: String) async throws {
    folder.write("keys", Self.keyLine("a"))
    let site = try site("keys: {file: keys}\ndatabase: \(database)\n")
    let error = await #expect(throws: ConfigurationError.self) {
      try await Gateway.open(site, environment: [:], log: .silent)
    }
    #expect(error?.diagnostics.map { "\($0.line):\($0.column)" } == ["2:11"])
    #expect(error?.description.contains("configuration.database") == true)
  }

  @Test func theWrongMasterKeyStopsTheStart() async throws {
    folder.write("keys", Self.keyLine("a"))
    let site = try site("database: d.sqlite\nkeys: {file: keys}\n")
    await (try await Gateway.open(site, environment: [:], log: .silent)).close(drain: .zero)
    folder.write("keys", Self.keyLine("b"))
    let error = await #expect(throws: CryptoError.self) {
      try await Gateway.open(site, environment: [:], log: .silent)
    }
    #expect(error?.code == .unknownKey && error?.remedy.contains("'a'") == true)
  }

  static let manifest = """
    adapter: city/data
    basis: assumed
    title: 市
    settings:
      id: {}
      secret: {secret: true}
      area: {default: "1"}
    request: {method: GET}
    envelope: {format: json, success: {path: $.rows, present: true}, rows: $.rows}
    operations:
      deed:
        kind: pull
        mapping: city/deed
        request: {path: /deed}
        paging: {style: none}

    """

  /// The platform's part of the configuration, and what is said about it.
  static let mistakes: [(String, String)] = [
    ("adapter: city/dat, url: \"https://h\", settings: {}", "did you mean 'city/data'"),
    ("adapter: city/broken, url: \"https://h\", settings: {}", "has errors"),
    ("adapter: city/data, url: \"https://h\", settings: {secret: {environment: S}}", "needs 'id'"),
    ("adapter: city/data, url: \"https://h\", settings: {id: a}", "needs 'secret'"),
    (
      "adapter: city/data, url: \"https://h\", settings: {id: a, secret: clear-text-secret}",
      "must not stand here in clear"
    ),
    (
      "adapter: city/data, url: \"https://h\", settings: {id: a, secret: {environment: S}, aera: x}",
      "did you mean 'area'"
    ),
    (
      "adapter: city/data, url: \"https://h\", settings: {id: a, secret: {environment: S}}, operations: {deeds: {enabled: false}}",
      "did you mean 'deed'"
    ),
  ]

  @Test(arguments: mistakes) func aPlatformIsMeasuredAtItsAdapter(platform: String, word: String) async throws
  {
    folder.write("keys", Self.keyLine("a"))
    folder.write("Adapters/city/data.yaml", Self.manifest)
    folder.write("Adapters/city/policy.yaml", "anything: else\n")
    folder.write("Adapters/city/broken.yaml", "adapter: city/broken\nnonsense: true\n")
    let site = try site(
      "database: d\nkeys: {file: keys}\negress: connections\nplatforms: {p: {\(platform)}}\n")
    let error = await #expect(throws: ConfigurationError.self) {
      try await Gateway.open(site, environment: ["S": "secret"], log: .silent)
    }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("clear-text-secret") == false)
    let lines = error?.diagnostics.filter { $0.file.hasSuffix("zhengdian.yaml") }.map(\.line)
    #expect(lines == [4])
  }

  @Test func aGoodPlatformIsOpenedAndBrokenOthersAreRemarks() async throws {
    folder.write("keys", Self.keyLine("a"))
    folder.write("Adapters/city/data.yaml", Self.manifest)
    folder.write("Adapters/city/broken.yaml", "adapter: city/broken\nnonsense: true\n")
    let site = try site(
      "database: d\nkeys: {file: keys}\negress: connections\nplatforms: {p: {adapter: city/data, url: \"https://h\", settings: {id: a, secret: {environment: S}}}}\n"
    )
    let gateway = try await Gateway.open(site, environment: ["S": "secret"], log: .silent)
    #expect(gateway.platform("p")?.settings == ["id": "a", "secret": "secret"])
    #expect(gateway.platform("p")?.connection.url == "https://h")
    #expect(gateway.library.remarks.contains { $0.file.hasSuffix("broken.yaml") })
    await gateway.close(drain: .zero)
  }
}
