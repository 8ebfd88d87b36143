import Access
import Calendars
import Certificates
import Documents
import HTTPTransport
import Testing

@testable import Gateway

enum Repository {
  /// The folder of the package.
  static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    while let last = parts.popLast(), last != "Tests" {}
    return parts.joined(separator: "/")
  }()
}

@Suite struct ConfigurationTests {
  private func parse(_ text: String, file: String = "site/zhengdian.yaml") -> (
    SiteConfiguration?, [Diagnostic]
  ) {
    let diagnostics = Diagnostics()
    let site = SiteConfiguration.parse(
      Array(text.utf8), file: file, share: "/usr/share/zhengdian", diagnostics: diagnostics)
    return (site, diagnostics.all)
  }

  @Test func theDocumentedExampleIsRead() throws {
    let page = String(
      decoding: try FileReading.bytes(of: Repository.root + "/docs/reference/configuration.md"), as: UTF8.self
    )
    let start = try #require(page.firstRange(of: "```yaml configuration\n"))
    let end = try #require(page[start.upperBound...].firstRange(of: "```"))
    let (read, diagnostics) = parse(String(page[start.upperBound..<end.lowerBound]))
    #expect(diagnostics.map(\.description) == [])
    let site = try #require(read)
    #expect(site.database == "/var/lib/zhengdian/zhengdian.sqlite")
    #expect(site.keys?.source == .file("site/keys"))
    #expect(site.listen.host == "0.0.0.0" && site.listen.port == 8443)
    #expect(site.listen.tls?.clientAuthorities?.path == "site/tls/clients.pem")
    #expect(site.listen.deadline == .seconds(10) && site.listen.largestBody == 256 << 10)
    #expect(site.adaptersFolder == "site/Adapters")
    #expect(site.egress.rules == ["https://data.example.gov.cn:8443", "https://10.20.30.40:9443"])
    #expect(site.platforms.map(\.name) == ["hangzhou-data", "changzhou-estate"])
    let hangzhou = try #require(site.platform("hangzhou-data"))
    #expect(hangzhou.url == "https://data.example.gov.cn:8443/share")
    guard case .secret(let reference)? = hangzhou.settings["appSecret"] else {
      Issue.record("the secret is not a reference")
      return
    }
    #expect(reference.source == .environment("HANGZHOU_APP_SECRET"))
    #expect(hangzhou.operations.map(\.isEnabled) == [true, false])
    #expect(hangzhou.operations[0].schedule?.cron.text == "20 2 * * *")
    #expect(hangzhou.operations[0].schedule?.jitter == 300)
    #expect(site.precedence == [.propertyDeed: ["changzhou-estate", "hangzhou-data"]])
    #expect(site.purposes.map(\.title) == ["用电报装", "过户"])
    #expect(site.purposes[0].reveal == [.holderName, .holderCode, .number, .location])
    #expect(site.consumers[0].scopes == [.certificatesSearch, .certificatesRead, .certificatesReveal])
    #expect(site.consumers[0].rate.perSecond == 50 && site.consumers[1].rate.perSecond == 5)
    #expect(site.consumers[1].keys.count == 2)
  }

  @Test func theLeastConfigurationAllowsNothing() throws {
    let (read, diagnostics) = parse("database: data.sqlite\nkeys: {environment: KEYS}\n")
    #expect(diagnostics.isEmpty)
    let site = try #require(read)
    #expect(site.database == "site/data.sqlite" && site.keys?.source == .environment("KEYS"))
    #expect(site.listen.host == "127.0.0.1" && site.listen.port == 8080)
    #expect(site.adaptersFolder == "/usr/share/zhengdian/Adapters")
    #expect(site.egress.rules.isEmpty)
    #expect(throws: (any Error).self) { try site.egress.policy.check("https://example.gov.cn") }
  }

  static let head = "database: d\nkeys: {file: k}\n"

  /// What is written, where the problem is, and words of its message.
  static let mistakes: [(String, Int, Int, [String])] = [
    ("keys: {file: k}\n", 1, 1, ["needs the key 'database'"]),
    ("database: d\n", 1, 1, ["needs the key 'keys'"]),
    ("database: d\nkeys: 8f3a2c\n", 2, 7, ["in clear", "{environment: NAME}"]),
    ("database: d\nkeys: {enviroment: K}\n", 2, 7, ["needs one of the keys environment, file"]),
    ("database: d\nkeys: {environment: 1K}\n", 2, 21, ["environment variable"]),
    (head + "platfroms: {}\n", 3, 1, ["did you mean 'platforms'"]),
    (head + "listen: {prot: 1}\n", 3, 10, ["did you mean 'port'"]),
    (head + "listen: {port: 70000}\n", 3, 16, ["0 to 65535"]),
    (head + "listen: {proxies: [proxy.example]}\n", 3, 20, ["a block such as 10.1.0.0/16"]),
    (head + "listen: {deadline: 10}\n", 3, 20, ["duration with its unit"]),
    (head + "listen: {tls: {certificate: c}}\n", 3, 15, ["needs the key 'key'"]),
    (head + "egress: connection\n", 3, 9, ["did you mean 'connections'"]),
    (head + "egress: [\"a.gov.cn/x\"]\n", 3, 10, ["cannot be read"]),
    (head + "egress: {allow: connections, addresses: notlocal}\n", 3, 41, ["did you mean 'not-local'"]),
    (head + "platforms: {Hangzhou: {}}\n", 3, 13, ["lower-case"]),
    (head + "platforms: {p320400199003071232: {}}\n", 3, 13, ["lower-case"]),
    (head + "platforms: {p: {url: \"https://h\"}}\n", 3, 16, ["needs the key 'adapter'"]),
    (head + "platforms: {p: {adapter: a, url: ftp://h}}\n", 3, 34, ["http"]),
    (head + "platforms: {p: {adapter: a, url: \"https://u:p@h/\"}}\n", 3, 34, ["user name"]),
    (head + "platforms: {p: {adapter: a, url: \"https://h/?k=1\"}}\n", 3, 34, ["no query"]),
    (
      head + "platforms: {p: {adapter: a, url: \"https://h\", settings: {s: {fiel: x}}}}\n", 3, 62,
      ["environment, file"]
    ),
    (
      head + "platforms: {p: {adapter: a, url: \"https://h\", tls: {clientCertificate: {pkcs12: f}}}}\n", 3,
      72, ["password"]
    ),
    (
      head + "platforms: {p: {adapter: a, url: \"https://h\", tls: {verify: false}}}\n", 3, 53,
      ["did you mean 'verifyHostName'"]
    ),
    (
      head
        + "platforms: {p: {adapter: a, url: \"https://h\", operations: {o: {schedule: {cron: \"* *\"}}}}}\n",
      3, 81, ["five fields"]
    ),
    (head + "precedence: {deed: []}\n", 3, 14, ["has no key 'deed'"]),
    (head + "precedence: {property-deed: [q]}\n", 3, 30, ["there is nothing it could name"]),
    (head + "purposes: {p: {reveal: [holder.nam]}}\n", 3, 25, ["did you mean 'holder.name'"]),
    (head + "purposes: {p: {reveal: [basic.issuedDate]}}\n", 3, 25, ["must be one of"]),
    (
      head
        + "purposes: {p: {}}\nconsumers: {c: {key: {file: k}, scopes: [certificate:read], purposes: [p]}}\n",
      4, 42, ["did you mean 'certificates:read'"]
    ),
    (
      head
        + "purposes: {p: {}}\nconsumers: {c: {key: {file: k}, scopes: [certificates:read], purposes: [pp]}}\n",
      4, 73, ["must be p"]
    ),
    (head + "consumers: {c: {key: {file: k}, scopes: [certificates:read]}}\n", 3, 16, ["needs purposes"]),
    (head + "consumers: {c: {key: secret, scopes: [exchanges:read]}}\n", 3, 22, ["in clear"]),
    (head + "consumers: {c: {scopes: [exchanges:read]}}\n", 3, 16, ["needs one of the keys key, keys"]),
    (head + "consumers: {c: {key: {file: k}, scopes: [exchanges:read], rate: 5}}\n", 3, 65, ["50/s"]),
    (head + "consumers: {c: {key: {file: k}, scopes: [exchanges:read, exchanges:read]}}\n", 3, 58, ["twice"]),
  ]

  @Test(arguments: mistakes)
  func mistakesAreNamedWithTheirPlace(text: String, line: Int, column: Int, words: [String]) throws {
    let (site, diagnostics) = parse(text)
    #expect(site == nil)
    let errors = diagnostics.filter { $0.severity == .error }
    let places = errors.map { "\($0.line):\($0.column)" }
    #expect(places.contains("\(line):\(column)"), "\(diagnostics)")
    let told = errors.map(\.description).joined(separator: "\n")
    for word in words { #expect(told.contains(word), "\(told)") }
    #expect(errors.allSatisfy { $0.file == "site/zhengdian.yaml" })
  }

  @Test func aPlatformOutsideEgressIsAnErrorAtItsAddress() throws {
    let (site, diagnostics) = parse(
      Self.head
        + "egress: [\"https://other.gov.cn\"]\nplatforms:\n  p: {adapter: a, url: \"https://h.gov.cn:8443/x\"}\n"
    )
    #expect(site == nil)
    try #require(diagnostics.count == 1)
    #expect(diagnostics[0].severity == .error && diagnostics[0].line == 5 && diagnostics[0].column == 24)
    #expect(diagnostics[0].message.contains("'egress' allows"))
    #expect(diagnostics[0].message.contains("https://h.gov.cn:8443"))
  }

  /// What cannot be known because another part is misspelt or broken is not said.
  @Test(arguments: [
    ("platfroms: {p: {}}\nprecedence: {property-deed: [p]}\n", ["3:1"]),
    ("platforms: {p: {}}\nprecedence: {property-deed: [p]}\n", ["3:16", "3:16"]),
    ("platforms: []\nprecedence: {property-deed: [p]}\n", ["3:12"]),
    (
      "pruposes: {p: {}}\nconsumers: {c: {key: {file: k}, scopes: [certificates:read], purposes: [p]}}\n",
      ["3:1"]
    ),
    ("egres: connections\nplatforms: {p: {adapter: a, url: \"https://h\"}}\n", ["3:1"]),
    ("egress: [\"a/b\"]\nplatforms: {p: {adapter: a, url: \"https://h\"}}\n", ["3:10"]),
    ("precedence: {property-deed: [p]}\n", ["3:30"]),
  ])
  func oneMistakeIsSaidOnce(text: String, places: [String]) {
    let (_, diagnostics) = parse(Self.head + text)
    #expect(diagnostics.map { "\($0.line):\($0.column)" } == places, "\(diagnostics)")
    #expect(!diagnostics.contains { $0.message.contains("one of ,") })
  }

  @Test func connectionsAllowsThePlatformsAndNobodyElse() throws {
    let (read, diagnostics) = parse(
      Self.head + "egress: connections\nplatforms:\n  p: {adapter: a, url: \"http://127.0.0.1:4001/x\"}\n")
    let policy = try #require(read).egress.policy
    #expect(diagnostics.isEmpty)
    try policy.check("http://127.0.0.1:4001/y")
    for url in ["http://127.0.0.1:4002/", "https://127.0.0.1:4001/", "http://127.0.0.2:4001/"] {
      #expect(throws: (any Error).self) { try policy.check(url) }
    }
  }

  @Test func proxiesInFrontAreNamed() throws {
    let (site, _) = parse(Self.head + "listen: {proxies: [10.0.0.5, \"fd00::/8\"]}\n")
    let proxies = try #require(site).listen.proxies
    #expect(proxies.contains { $0.contains("10.0.0.5") } && proxies.contains { $0.contains("fd12::1") })
    #expect(!proxies.contains { $0.contains("10.0.0.6") })
  }

  @Test func listeningInTheOpenWithoutTLSIsWarnedOf() {
    let (site, diagnostics) = parse(Self.head + "listen: {host: 0.0.0.0}\n")
    #expect(site != nil && diagnostics.count == 1 && diagnostics[0].severity == .warning)
  }

  @Test func noKeysAreNeededWhenTheCallerBringsThem() {
    let diagnostics = Diagnostics()
    let site = SiteConfiguration.parse(
      Array("database: d\n".utf8), file: "z.yaml", share: "/s", bringsKeys: true, diagnostics: diagnostics)
    #expect(site?.keys == nil && site?.database == "d" && diagnostics.isEmpty)
  }
}
