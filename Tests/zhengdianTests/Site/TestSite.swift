import Access
import Certificates
import Crypto
import Documents
import Exchanges
import Gateway
import Registry
import SQLDatabase
import Sync
import Telemetry
import Testing

@testable import zhengdian

/// A site in a folder of its own: a configuration, master keys, and deeds of invented people that came through the
/// journal, so that they can be proven.
struct TestSite {
  static let person = (name: "拟某壹", code: "330199199001010011")
  static let other = (name: "拟某贰", code: "330199198505050020")
  static let number = "浙(2019)拟州市不动产权第0012345号"
  static let secret = "not-a-real-secret"

  let folder: TemporaryFolder

  var database: String { "\(folder.path)/zhengdian.sqlite" }
  var keyFile: String { "\(folder.path)/keys" }
  var configurationFile: String { "\(folder.path)/zhengdian.yaml" }

  /// Everything a run finds in its environment.
  static let environment = ["ZHENGDIAN_HOME": Self.root, "TEST_APP_SECRET": Self.secret]

  private static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    while let last = parts.popLast(), last != "Tests" {}
    return parts.joined(separator: "/")
  }()

  /// Lends a site with the given messages in it; without keys and database when there are none.
  static func use<Value>(
    _ messages: [String] = [Self.message()], _ body: (TestSite) async throws -> Value
  ) async throws -> Value {
    try await TemporaryFolder.use { folder in
      let site = TestSite(folder: folder)
      try folder.write("zhengdian.yaml", configuration)
      if !messages.isEmpty {
        #expect(await site.run("keys", "new", site.keyFile, "--id", "first").code == .done)
        #expect(await site.run("database", "migrate").code == .done)
        try await site.fill(messages)
      }
      return try await body(site)
    }
  }

  /// One answer of the platform with two deeds.
  static func message(issuer: String = "拟州市不动产登记中心", updated: String = "2026-01-02 03:04:05") -> String {
    """
    {"code":"00","msg":"","totalDataCount":2,"datas":[
      {"bdcqzh":"\(number)","zl":"拟州市拟一路1号101室","yt":"住宅","jzmj":"88.50","djjg":"\(issuer)",
       "djsj":"2019-05-06","qszt":"1","sfcf":"0","gyfs":"0","updateTime":"\(updated)",
       "qlrlb":[{"qlrmc":"\(person.name)","zjzl":"1","zjh":"\(person.code)"}]},
      {"bdcqzh":"浙(2020)拟州市不动产权第0054321号","zl":"拟州市拟二路2号","yt":"住宅","jzmj":"70","djjg":"\(issuer)",
       "djsj":"2020-07-08","qszt":"1","sfcf":"0","gyfs":"0","updateTime":"\(updated)",
       "qlrlb":[{"qlrmc":"\(other.name)","zjzl":"1","zjh":"\(other.code)"}]}]}
    """
  }

  /// Runs a command with this site's configuration.
  func run(_ arguments: String..., input: String = "", environment: [String: String] = Self.environment) async
    -> CommandRun
  {
    await CommandRun(
      more: arguments + ["--config", configurationFile], input: Array(input.utf8),
      environment: environment)
  }

  func run(_ arguments: [String]) async -> CommandRun {
    await CommandRun(more: arguments + ["--config", configurationFile], environment: Self.environment)
  }

  /// The id of the certificate with the given number.
  func id(_ number: String = Self.number) async throws -> String {
    let found = await run("certificate", "find", "--number", number, "--json")
    return try #require(try found.json()["id"]?.string)
  }

  /// Takes saved answers through journal, adapter and mapping into the registry.
  func fill(_ messages: [String]) async throws {
    try await open { gateway in
      let diagnostics = Diagnostics()
      let libraries = try SiteLibraries(gateway.configuration, diagnostics: diagnostics)
      let station = try PullStation(gateway, libraries: libraries)
      let runner = try #require(station.runners(for: "estate/property-deed").first)
      for message in messages {
        let taken = try await runner.take(
          SavedMessage(name: "page", bytes: Array(message.utf8)), requestID: "test")
        try #require(taken.problem == nil && taken.counts.quarantined == 0, "\(taken)")
      }
    }
  }

  /// Lends the gateway of the site, to look behind the commands.
  func open<Value>(_ body: (Gateway) async throws -> Value) async throws -> Value {
    let diagnostics = Diagnostics()
    let configuration = SiteConfiguration.read(configurationFile, share: Self.root, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    let gateway = try await Gateway.open(
      try #require(configuration), environment: Self.environment, components: PullStation.components,
      log: .silent)
    do {
      let value = try await body(gateway)
      await gateway.close()
      return value
    } catch {
      await gateway.close()
      throw error
    }
  }

  /// The rows of the access audit, oldest first.
  func looks() async throws -> [AccessEntry] {
    try await open { try await $0.audit.list(AccessFilter()).map(\.entry) }
  }

  private static let configuration = """
    database: zhengdian.sqlite
    keys: {file: keys}
    egress: connections
    platforms:
      estate:
        adapter: hangzhou/public-data
        url: https://127.0.0.1:9
        settings:
          appKey: test
          appSecret: {environment: TEST_APP_SECRET}
          organisation: "330199"
    purposes:
      complaint:
        title: 投诉处理
        reveal: [holder.name, holder.code, basic.number, specific.location]
      bill-transfer: {title: 过户}

    """
}
