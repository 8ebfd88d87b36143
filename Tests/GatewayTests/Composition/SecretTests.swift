import Access
import Crypto
import Documents
import HTTPTransport
import Testing

@testable import Gateway

@Suite struct SecretTests {
  private let folder = TemporaryFolder()
  private static let keyLine = "2026-01: " + String(repeating: "3f9a01c2b4d5e6f7", count: 4) + "\n"

  private func site(_ text: String, _ diagnostics: Diagnostics = Diagnostics()) throws -> SiteConfiguration {
    let file = folder.write("zhengdian.yaml", text + "\negress: connections\n")
    return try #require(
      SiteConfiguration.read(file, share: folder.path, diagnostics: diagnostics), "\(diagnostics.all)")
  }

  private func secrets(_ text: String, _ environment: [String: String] = [:]) throws -> (
    SiteSecrets?, [Diagnostic]
  ) {
    let diagnostics = Diagnostics()
    let secrets = SiteSecrets(try site(text), environment: environment, diagnostics: diagnostics)
    return (secrets, diagnostics.errors)
  }

  static let consumer = "consumers: {c: {key: {environment: C}, scopes: [exchanges:read]}}\n"
  static let platform = """
    platforms:
      p:
        adapter: a
        url: https://h.gov.cn
        settings: {id: open, secret: {file: secret}}
        proxy: {host: proxy, port: 3128, username: u, password: {environment: PROXY}}

    """

  @Test func everythingIsRead() throws {
    folder.write("keys", Self.keyLine)
    folder.write("secret", "first line\nsecond line\r\n")
    let key = String(repeating: "abcdefgh01", count: 4)
    let (read, errors) = try secrets(
      "database: d\nkeys: {file: keys}\n" + Self.consumer + Self.platform, ["C": key, "PROXY": "pass"])
    #expect(errors.isEmpty)
    let secrets = try #require(read)
    #expect(secrets.keys.currentID == "2026-01")
    #expect(secrets.platforms[0].settings == ["id": "open", "secret": "first line\nsecond line"])
    #expect(secrets.platforms[0].proxy?.password == "pass")
    #expect(secrets.consumers.consumer(withKey: key)?.name == "c")
    #expect(secrets.consumers.consumer(withKey: key + "x") == nil)
    #expect(!"\(secrets.platforms[0])".contains("line"))
    var dumped = ""
    dump(secrets.platforms[0], to: &dumped)
    #expect(!dumped.contains("first line"))
  }

  @Test func allThatIsMissingIsSaidAtOnce() throws {
    let (read, errors) = try secrets(
      "database: d\nkeys: {file: keys}\n" + Self.consumer + Self.platform, ["C1": "x", "PROXI": "x"])
    #expect(read == nil)
    let told = errors.map(\.description).joined(separator: "\n")
    #expect(errors.count == 4, "\(told)")
    #expect(told.contains("zhengdian.yaml:3:22: error: configuration.consumers.c.key"))
    #expect(told.contains("environment variable C is not set"))
    #expect(told.contains("did you mean 'PROXI'"))
    #expect(told.contains("zhengdian.yaml:8:34: error: configuration.platforms.p.settings.secret"))
    #expect(
      told.contains("zhengdian.yaml:2:7: error: configuration.keys") && told.contains("there is no key file")
        && told.contains("openssl rand -hex 32"))
  }

  @Test func aFileThatOthersCanReadIsRefused() throws {
    folder.write("keys", Self.keyLine, mode: 0o644)
    folder.write("secret", "x", mode: 0o640)
    let (read, errors) = try secrets("database: d\nkeys: {file: keys}\n" + Self.platform, ["PROXY": "x"])
    #expect(read == nil && errors.count == 2)
    #expect(errors.allSatisfy { $0.message.contains("chmod 600") })
  }

  static let badKeys: [(String, String)] = [
    ("short", "at least 32"), (String(repeating: "a", count: 64), "random"),
    (String(repeating: "abcdefgh 0", count: 4), "letters"),
    (String(repeating: "abcdefgh密", count: 4), "letters"),
  ]

  @Test(arguments: badKeys) func aWeakConsumerKeyIsRefused(key: String, word: String) throws {
    folder.write("keys", Self.keyLine)
    let (read, errors) = try secrets("database: d\nkeys: {file: keys}\n" + Self.consumer, ["C": key])
    #expect(read == nil && errors.count == 1)
    #expect(errors[0].message.contains(word) && !errors[0].message.contains(key))
  }

  @Test func aKeyBelongsToOneConsumer() throws {
    folder.write("keys", Self.keyLine)
    let both =
      "consumers: {c: {key: {environment: C}, scopes: [exchanges:read]}, d: {keys: [{environment: D}, {environment: C}], scopes: [exchanges:read]}}\n"
    let environment = [
      "C": String(repeating: "abcdefgh01", count: 4), "D": String(repeating: "abcdefgh02", count: 4),
    ]
    let (read, errors) = try secrets("database: d\nkeys: {file: keys}\n" + both, environment)
    #expect(read == nil && errors.count == 1 && errors[0].message.contains("'c'"))
  }

  @Test func twoKeysOfOneConsumerAreBothGood() throws {
    folder.write("keys", Self.keyLine)
    let text = "consumers: {c: {keys: [{environment: C}, {environment: D}], scopes: [exchanges:read]}}\n"
    let environment = [
      "C": String(repeating: "abcdefgh01", count: 4), "D": String(repeating: "abcdefgh02", count: 4),
    ]
    let (read, _) = try secrets("database: d\nkeys: {file: keys}\n" + text, environment)
    let directory = try #require(read).consumers
    #expect(environment.values.allSatisfy { directory.consumer(withKey: $0)?.name == "c" })
    #expect(directory.names == ["c"])
  }

  @Test func filesOfTLSAreRead() throws {
    folder.write("keys", Self.keyLine)
    folder.write("ca.pem", "CA")
    folder.write("own.p12", "P12")
    folder.write("password", "open\n")
    let text = """
      platforms:
        p:
          adapter: a
          url: https://h.gov.cn
          tls: {authorities: ca.pem, minimumVersion: "1.3", clientCertificate: {pkcs12: own.p12, password: {file: password}}}

      """
    let (read, errors) = try secrets("database: d\nkeys: {file: keys}\n" + text)
    #expect(errors.isEmpty)
    let tls = try #require(read).platforms[0].tls
    #expect(tls.authorities == .pem(Array("CA".utf8)) && tls.minimumVersion == .tls13)
    #expect(tls.clientCertificate == .pkcs12(Array("P12".utf8), password: "open"))
    let (missing, told) = try secrets(
      "database: d\nkeys: {file: keys}\n"
        + text.replacing("ca.pem", with: "cb.pem").replacing("own.p12", with: "no.p12"))
    #expect(missing == nil && told.count == 2)
  }
}
