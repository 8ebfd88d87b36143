import Changes
import Documents
import HTTPTransport
import Testing

@testable import Gateway

@Suite struct ChangesConfigurationTests {
  private static func read(_ more: String) -> (SiteConfiguration?, [String]) {
    let diagnostics = Diagnostics()
    let text = """
      database: d
      keys: {file: keys}
      egress: {allow: connections, addresses: not-local}
      platforms:
        hz: {adapter: a, url: https://example.gov.cn}
      \(more)
      """
    let site = SiteConfiguration.parse(
      Array(text.utf8), file: "z.yaml", share: "/", diagnostics: diagnostics)
    return (site, diagnostics.all.filter { $0.severity == .error }.map(\.description))
  }

  @Test func withoutItEverythingIsKeptForAMonthAndSentNowhere() throws {
    for text in ["", "changes: {}"] {
      let (read, errors) = Self.read(text)
      let site = try #require(read, "\(errors)")
      #expect(site.changes.off.isEmpty && site.changes.kept == .seconds(30 * 86_400))
      let destinations = site.changes.destinations(site.egress.policy)
      #expect(throws: TransportError.self) { try destinations.check("https://example.gov.cn/") }
    }
  }

  @Test func receiversAndPlatformsOpenNoWayForEachOther() throws {
    let (read, errors) = Self.read(
      "changes: {off: [certificate.changed], keep: 90d, receivers: [\"erp.example:8443\"]}")
    let site = try #require(read, "\(errors)")
    #expect(site.changes.off == [.certificateChanged] && site.changes.kept == .seconds(90 * 86_400))
    let destinations = site.changes.destinations(site.egress.policy)
    try destinations.check("https://erp.example:8443/told")
    #expect(throws: TransportError.self) { try destinations.check("https://example.gov.cn/") }
    #expect(throws: TransportError.self) { try site.egress.policy.check("https://erp.example:8443/told") }
    #expect(destinations.addresses == .notLocal)
  }

  @Test func theDigestHasItsHour() throws {
    for (text, second) in [("{}", 8 * 3600), ("{digest: \"07:30\"}", 27_000), ("{digest: \"00:00\"}", 0)] {
      let (read, errors) = Self.read("changes: \(text)")
      #expect(try #require(read, "\(errors)").changes.digest == second)
    }
  }

  @Test(arguments: [
    ("{digest: \"24:00\"}", "changes.digest"), ("{digest: \"8:00\"}", "changes.digest"),
    ("{digest: noon}", "changes.digest"),
    ("{off: [certificate.change]}", "certificate.changed"), ("{off: [push.settled, push.settled]}", "twice"),
    ("{keep: 6d}", "changes.keep"), ("{keep: 1}", "changes.keep"),
    ("{receivers: [\"https://erp.example/path\"]}", "cannot be read"), ("{receiver: []}", "receivers"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ message: String) {
    let (_, errors) = Self.read("changes: \(text)")
    #expect(errors.count == 1 && errors.first?.contains(message) == true, "\(errors)")
  }
}
