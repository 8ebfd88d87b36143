import Testing

@testable import HTTPTransport

@Suite struct EgressPolicyTests {
  struct Case: Sendable {
    let rule: String
    let allowed: [String]
    let refused: [String]
  }

  @Test(arguments: [
    Case(
      rule: "api.zj.gov.cn",
      allowed: ["http://api.zj.gov.cn/x", "https://API.zj.GOV.cn./", "https://api.zj.gov.cn:443/"],
      refused: [
        "http://api.zj.gov.cn:8080/", "http://zj.gov.cn/", "http://x.api.zj.gov.cn/",
        "http://api.zj.gov.cn.evil.cn/",
        "http://evilapi.zj.gov.cn/", "https://api.zj.gov.cn:80/", "http://10.0.0.1/",
      ]),
    Case(
      rule: "*.zj.gov.cn:8443", allowed: ["https://a.zj.gov.cn:8443/", "http://a.b.zj.gov.cn:8443/"],
      refused: ["https://zj.gov.cn:8443/", "https://evilzj.gov.cn:8443/", "https://a.zj.gov.cn/"]),
    Case(
      rule: "10.1.0.0/16:8000-8099", allowed: ["http://10.1.255.255:8000/", "http://10.1.0.0:8099/"],
      refused: ["http://10.2.0.0:8000/", "http://10.1.0.1:8100/", "http://10.1.0.1.evil.cn:8000/"]),
    Case(
      rule: "10.1.2.0/23", allowed: ["http://10.1.3.255/", "http://[::ffff:10.1.2.1]/"],
      refused: ["http://10.1.4.0/", "http://10.1.1.255/"]),
    Case(
      rule: "[2001:db8::]/32:443", allowed: ["https://[2001:db8:1::2]/"],
      refused: ["https://[2001:db9::1]/", "http://[2001:db8::1]/"]),
    Case(
      rule: "[::1]:9", allowed: ["http://[0:0:0:0:0:0:0:1]:9/"],
      refused: ["http://[::2]:9/", "http://[::1]:8/"]),
    Case(
      rule: "https://x.gov.cn", allowed: ["https://x.gov.cn/"],
      refused: ["http://x.gov.cn/", "http://x.gov.cn:443/", "https://x.gov.cn:80/"]),
    Case(rule: "http://x.gov.cn:*", allowed: ["http://x.gov.cn:1/"], refused: ["https://x.gov.cn:1/"]),
    Case(
      rule: "*", allowed: ["http://anything.example/", "https://1.2.3.4/"],
      refused: ["http://anything.example:81/"]),
    Case(rule: "*:*", allowed: ["http://anything.example:81/", "http://[::1]:1/"], refused: []),
    Case(
      rule: "*.政务.cn", allowed: ["http://浙江.政务.cn/", "http://xn--4gqs82j.xn--zfr164b.cn/"],
      refused: ["http://政务.cn/"]),
    Case(
      rule: "0.0.0.0/0", allowed: ["http://8.8.8.8/"], refused: ["http://[2001:db8::1]/", "http://a.cn/"]),
  ])
  func aRuleAllowsWhatItSays(of rule: Case) throws {
    let policy = try EgressPolicy(allowing: [rule.rule])
    for url in rule.allowed { #expect(throws: Never.self, "\(url)") { try policy.check(url) } }
    for url in rule.refused {
      do throws(TransportError) {
        try policy.check(url)
        Issue.record("\(rule.rule) let \(url) through")
      } catch {
        #expect(error.code == .egressRefused, "\(url)")
      }
    }
  }

  @Test func noRulesAllowNothing() throws {
    let policy = try EgressPolicy(allowing: [])
    #expect(throws: TransportError.self) { try policy.check("http://127.0.0.1/") }
  }

  @Test(arguments: [
    "", ":80", "a.cn:", "a.cn:0", "a.cn:65536", "a.cn:9-8", "a.cn:1-2-3", "a.cn:http", "ftp://a.cn", "a.cn/x",
    "a.*.cn", "*a.cn", "**.cn", "*.10.0.0.1", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8",
    "[::]/129",
    "a cn", "user@a.cn", "10.0.0.0/8/8", "http://", "a.cn:80:80",
  ])
  func anUnreadableRuleIsNamed(rule: String) {
    do throws(TransportError) {
      _ = try EgressPolicy(allowing: ["ok.cn", rule])
      Issue.record("\(rule) was taken")
    } catch {
      #expect(error.code == .invalidConfiguration)
      #expect(error.message.contains("\"\(rule)\""))
    }
  }

  @Test(arguments: [
    ("8.8.8.8", NetworkAddress.Reach.public), ("223.5.5.5", .public), ("59.255.0.1", .public),
    ("172.15.255.255", .public), ("172.32.0.0", .public), ("2400:3200::1", .public),
    ("64:ff9b::8.8.8.8", .public),
    ("10.0.0.1", .reserved), ("172.16.0.1", .reserved), ("172.31.255.255", .reserved),
    ("192.168.1.1", .reserved),
    ("100.64.0.1", .reserved), ("198.18.0.1", .reserved), ("192.0.2.1", .reserved), ("240.0.0.1", .reserved),
    ("fc00::1", .reserved), ("fd12:3456::1", .reserved), ("2001:db8::1", .reserved),
    ("2002:7f00:1::", .reserved),
    ("64:ff9b::10.0.0.1", .reserved), ("64:ff9b:1::1", .reserved), ("fec0::1", .reserved),
    ("127.0.0.1", .local), ("127.255.255.255", .local), ("0.0.0.0", .local), ("0.1.2.3", .local),
    ("169.254.169.254", .local), ("100.100.100.200", .local), ("224.0.0.1", .local),
    ("255.255.255.255", .local),
    ("::", .local), ("::1", .local), ("fe80::1", .local), ("ff02::1", .local), ("fd00:ec2::254", .local),
    ("::ffff:127.0.0.1", .local), ("::ffff:8.8.8.8", .public), ("::ffff:10.0.0.1", .reserved),
    ("64:ff9b::127.0.0.1", .local),
  ])
  func addressesReachWhatTheRegistriesSay(text: String, reach: NetworkAddress.Reach) throws {
    #expect(try #require(NetworkAddress(text)).reach == reach)
  }

  @Test(arguments: [
    "127.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "", "::g", "1.2.3.4\0", "fe80::1%lo", " 1.2.3.4",
  ])
  func otherSpellingsAreNoAddresses(text: String) {
    #expect(NetworkAddress(text) == nil)
  }

  @Test func addressRulesJudgeLiteralAddresses() throws {
    let notLocal = try EgressPolicy(allowing: ["*:*"], addresses: .notLocal)
    let publicOnly = try EgressPolicy(allowing: ["*:*"], addresses: .publicOnly)
    #expect(throws: TransportError.self) { try notLocal.check("http://127.0.0.1/") }
    #expect(throws: TransportError.self) { try notLocal.check("http://[::ffff:169.254.169.254]/") }
    #expect(throws: Never.self) { try notLocal.check("http://10.0.0.1/") }
    #expect(throws: TransportError.self) { try publicOnly.check("http://10.0.0.1/") }
    #expect(throws: Never.self) { try publicOnly.check("http://8.8.8.8/") }
  }
}

/// The policy in front of real calls.
@Suite struct EgressCallTests {
  @Test func aRefusedDestinationIsNotLookedUpOrCalled() async throws {
    let egress = try EgressPolicy(allowing: ["allowed.invalid"])
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient(egress: egress) { client in
        for url in [server.url, "http://other.invalid/", "http://allowed.invalid:81/"] {
          let error = try await client.failure(of: HTTPRequest(url: url))
          #expect(error.code == .egressRefused)
          #expect(!error.requestBytesSent && error.attempts == 0 && error.timings == nil)
        }
        #expect(server.accepted == 0)
        // The allowed one gets as far as the name look-up.
        let error = try await client.failure(of: HTTPRequest(url: "http://allowed.invalid/"))
        #expect(error.code == .resolve)
      }
    }
  }

  /// The name is allowed; what it resolves to is judged when the socket is opened.
  @Test(arguments: [EgressPolicy.AddressRule.notLocal, .publicOnly])
  func anAllowedNameWithAForbiddenAddress(rule: EgressPolicy.AddressRule) async throws {
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient(egress: EgressPolicy(allowing: ["localhost:*"], addresses: rule)) { client in
        let error = try await client.failure(of: HTTPRequest(url: "http://localhost:\(server.port)/"))
        #expect(error.code == .egressRefused)
        #expect(!error.requestBytesSent && error.attempts == 0)
        #expect(server.accepted == 0)
      }
    }
  }

  @Test func anAllowedNameIsCalled() async throws {
    try await withServer(ExchangeTests.echo) { server in
      try await withClient(egress: EgressPolicy(allowing: ["localhost:\(server.port)"])) { client in
        let response = try await client.send(HTTPRequest(url: "http://LOCALHOST.:\(server.port)/"))
        #expect(response.text.contains("Host: localhost:\(server.port)\r\n"))
      }
    }
  }
}
