import Documents
import Testing

@testable import Gateway

@Suite struct SupplyConfigurationTests {
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

  @Test(arguments: [
    ("", Duration.seconds(3)), ("supply: {}", .seconds(3)), ("supply: {budget: 1s}", .seconds(1)),
    ("supply: {budget: 250ms}", .milliseconds(250)),
    ("listen: {deadline: 30s}\nsupply: {budget: 20s}", .seconds(20)),
  ])
  func theBudgetIsWhatTheSiteSays(_ text: String, _ budget: Duration) throws {
    let (read, errors) = Self.read(text)
    #expect(try #require(read, "\(errors)").supply.budget == budget)
  }

  @Test(arguments: [
    ("supply: {budget: 10ms}", "supply.budget"), ("supply: {budget: 61s}", "supply.budget"),
    ("supply: {budget: 10s}", "listen.deadline"), ("supply: {budget: 3}", "supply.budget"),
    ("listen: {deadline: 2s}\nsupply: {budget: 2s}", "listen.deadline"), ("supply: {wait: 3s}", "wait"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ message: String) {
    let (_, errors) = Self.read(text)
    #expect(errors.count == 1 && errors.first?.contains(message) == true, "\(errors)")
  }
}
