import Glibc
import HTTPTransport
import Synchronization
import Testing

@Suite struct ProxyTests {
  /// A proxy that writes down the heads it gets and opens tunnels to where it is told.
  private final class Record: Sendable {
    let heads = Mutex<[String]>([])

    func proxy(tunnelTo port: Int = 0, refusal: String? = nil) -> RawServer.Script {
      { [self] connection in
        while let (head, _) = connection.readRequest() {
          heads.withLock { $0.append(head) }
          if let refusal {
            connection.reply("no", status: refusal, headers: ["X-Secret-Of-Proxy: 1"])
            return
          }
          guard head.hasPrefix("CONNECT") else {
            guard connection.reply("through the proxy") else { return }
            continue
          }
          connection.write("HTTP/1.1 200 Connected\r\nX-From-Proxy: 1\r\n\r\n")
          connection.tunnel(to: port)
          return
        }
      }
    }
  }

  @Test func plainCallsNameTheirTarget() async throws {
    let record = Record()
    try await withServer(record.proxy()) { proxy in
      try await withClient(egress: EgressPolicy(allowing: ["platform.invalid"])) { client in
        let options = ProxyOptions(host: "127.0.0.1", port: proxy.port, username: "us er", password: "p:w@d")
        let response = try await client.send(HTTPRequest(url: "http://platform.invalid/x?y", proxy: options))
        #expect(response.text == "through the proxy")
        let refused = try await client.failure(of: HTTPRequest(url: "http://other.invalid/", proxy: options))
        #expect(refused.code == .egressRefused)
      }
    }
    let heads = record.heads.withLock { $0 }
    #expect(heads.count == 1)
    #expect(heads[0].hasPrefix("GET http://platform.invalid/x?y HTTP/1.1\r\n"))
    // Base64 of "us er:p:w@d".
    #expect(heads[0].contains("Proxy-Authorization: Basic dXMgZXI6cDp3QGQ=\r\n"))
  }

  @Test func tunnelsShowTheProxyNothing() async throws {
    let certificates = try Certificates.shared
    let server = try await OpenSSLServer(certificates)
    let port = try #require(Int(server.url.split(separator: ":").last ?? ""))
    let record = Record()
    let response = try await withServer(record.proxy(tunnelTo: port)) { proxy in
      try await withClient {
        try await $0.send(
          HTTPRequest(
            url: "https://localhost:\(port)/?id=330106", headers: [HTTPHeader("X-Sign", "signature")],
            tls: TLSOptions(authorities: certificates.authorities),
            proxy: ProxyOptions(host: "localhost", port: proxy.port)))
      }
    }
    #expect(response.status == 200)
    #expect(response.headers["X-From-Proxy"] == nil)
    let heads = record.heads.withLock { $0 }
    #expect(heads.count == 1 && heads[0].hasPrefix("CONNECT localhost:\(port) HTTP/1.1\r\n"))
    #expect(!heads[0].contains("X-Sign") && !heads[0].contains("330106"))
  }

  @Test(arguments: ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
  func aRefusedTunnelSendsNothing(status: String) async throws {
    let record = Record()
    let error = try await withServer(record.proxy(refusal: status)) { proxy in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(
            method: "POST", url: "https://platform.invalid/", body: [1],
            proxy: ProxyOptions(host: "127.0.0.1", port: proxy.port)))
      }
    }
    #expect(error.code == .proxy, "\(error.debugDescription)")
    #expect(!error.requestBytesSent && error.attempts == 0)
    #expect(error.partial.isEmpty)
    #expect(error.message.contains(status.prefix(3)))
  }

  @Test func aProxyThatIsNotThere() async throws {
    let server = RawServer { _ in }
    server.stop()
    let error = try await withClient {
      try await $0.failure(
        of: HTTPRequest(
          url: "http://platform.invalid/", proxy: ProxyOptions(host: "127.0.0.1", port: server.port)))
    }
    #expect(error.code == .proxy && !error.requestBytesSent)
    let unknown = try await withClient {
      try await $0.failure(
        of: HTTPRequest(url: "http://platform.invalid/", proxy: ProxyOptions(host: "proxy.invalid", port: 1)))
    }
    #expect(unknown.code == .proxy)
  }

  @Test func socksProxiesResolveTheName() async throws {
    let asked = Mutex<[UInt8]>([])
    let response = try await withServer(ExchangeTests.echo) { target in
      try await withServer({ connection in
        _ = connection.read(exactly: 2)
        _ = connection.read(10)
        connection.write([5, 0])
        let request = connection.read(262)
        asked.withLock { $0 = request }
        connection.write([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
        connection.tunnel(to: target.port)
      }) { proxy in
        try await withClient {
          try await $0.send(
            HTTPRequest(
              url: "http://platform.invalid/",
              proxy: ProxyOptions(scheme: .socks5, host: "127.0.0.1", port: proxy.port)
            ))
        }
      }
    }
    #expect(response.text.contains("Host: platform.invalid"))
    // The name itself (type 3) and port 80.
    #expect(asked.withLock { $0 } == [5, 1, 0, 3, 16] + Array("platform.invalid".utf8) + [0, 80])
  }

  /// The address rule is about platforms; the proxy is where the operator says.
  @Test func aLocalProxyIsAllowedWithPublicAddressesOnly() async throws {
    let record = Record()
    try await withServer(record.proxy()) { proxy in
      try await withClient(egress: .unrestricted(addresses: .publicOnly)) { client in
        let options = ProxyOptions(host: "127.0.0.1", port: proxy.port)
        let response = try await client.send(HTTPRequest(url: "http://platform.invalid/", proxy: options))
        #expect(response.status == 200)
        let error = try await client.failure(of: HTTPRequest(url: "http://10.0.0.1/", proxy: options))
        #expect(error.code == .egressRefused)
      }
    }
  }

  /// In a process of its own, because the environment belongs to everybody in it.
  @Test func proxiesOfTheEnvironmentAreIgnored() async {
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        unsafe setenv(name, "http://127.0.0.1:1", 1)
      }
      let text = try await withServer(ExchangeTests.echo) { server in
        try await withClient { try await $0.send(HTTPRequest(url: server.url + "/direct")).text }
      }
      guard text.hasPrefix("GET /direct HTTP/1.1") else { exit(1) }
      // And a list of exceptions does not switch off the proxy that was asked for.
      unsafe setenv("no_proxy", "*", 1)
      let viaProxy = try await withServer(ExchangeTests.echo) { proxy in
        try await withClient {
          try await $0.send(
            HTTPRequest(url: "http://a.invalid/", proxy: ProxyOptions(host: "127.0.0.1", port: proxy.port))
          ).text
        }
      }
      guard viaProxy.hasPrefix("GET http://a.invalid/ HTTP/1.1") else { exit(2) }
    }
  }
}
