import HTTPTransport
import Testing

/// What could put another line, another length or another host into a request is refused before anything happens.
@Suite struct RequestCheckTests {
  private func code(of request: HTTPRequest) async throws -> TransportError.Code {
    try await withClient { try await $0.failure(of: request).code }
  }

  @Test(arguments: [
    "", "get", "GET /x", "GET\r\nX: y", "GE T", "G\0T", "CONNECT", "TRACE", "取",
    String(repeating: "A", count: 33),
  ])
  func methods(method: String) async throws {
    let code = try await code(of: HTTPRequest(method: method, url: "http://127.0.0.1:1/"))
    #expect(code == .invalidRequest)
  }

  @Test(arguments: ["", "X Y", "X:", "X\r\nY", "X\n", "X\0", "办", "X(", "\tX"])
  func headerNames(name: String) async throws {
    let code = try await code(of: HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader(name, "v")]))
    #expect(code == .invalidRequest)
  }

  @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "\r\n", "a\0b", "a\u{7F}b", "a\u{1B}[2J", "a\r\n b"])
  func headerValues(value: String) async throws {
    let code = try await code(of: HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X", value)]))
    #expect(code == .invalidRequest)
  }

  @Test(arguments: [
    "Host", "content-length", "Transfer-Encoding", "CONNECTION", "Expect", "Upgrade", "TE", "Trailer",
    "Keep-Alive",
    "Proxy-Connection", "Proxy-Authorization",
  ])
  func reservedHeaders(name: String) async throws {
    let code = try await code(of: HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader(name, "1")]))
    #expect(code == .invalidRequest)
  }

  @Test(arguments: [
    HTTPRequest(method: "HEAD", url: "http://127.0.0.1:1/", body: [1]),
    HTTPRequest(url: "http://127.0.0.1:1/", timeouts: Timeouts(connect: .zero)),
    HTTPRequest(url: "http://127.0.0.1:1/", timeouts: Timeouts(idle: .seconds(-1))),
    HTTPRequest(url: "http://127.0.0.1:1/", timeouts: Timeouts(total: .seconds(1 << 60))),
    HTTPRequest(url: "http://127.0.0.1:1/", maxResponseBytes: -1),
    HTTPRequest(url: "http://127.0.0.1:1/", maxHeaderBytes: 0),
    HTTPRequest(url: "http://127.0.0.1:1/", tls: TLSOptions(authorities: .file(""))),
    HTTPRequest(url: "http://127.0.0.1:1/", tls: TLSOptions(pinnedPublicKey: "md5//x")),
    HTTPRequest(url: "http://127.0.0.1:1/", tls: TLSOptions(cipherList: "")),
    HTTPRequest(url: "http://127.0.0.1:1/", proxy: ProxyOptions(host: "p", port: 1, password: "x")),
    HTTPRequest(url: "http://127.0.0.1:1/", proxy: ProxyOptions(host: "p", port: 1, username: "a\r\nb")),
    HTTPRequest(url: "http://127.0.0.1:1/", proxy: ProxyOptions(host: "p", port: 0)),
  ])
  func options(request: HTTPRequest) async throws {
    let code = try await code(of: request)
    #expect(code == .invalidRequest)
  }

  @Test func aProxyHostThatIsNone() async throws {
    let code = try await code(
      of: HTTPRequest(url: "http://127.0.0.1:1/", proxy: ProxyOptions(host: "a@b", port: 1)))
    #expect(code == .invalidURL)
  }

  @Test func clientLimits() throws {
    let egress = EgressPolicy.unrestricted()
    for configuration in [
      HTTPClient.Configuration(egress: egress, maxConnections: 0),
      HTTPClient.Configuration(egress: egress, maxConnectionsPerHost: 0),
      HTTPClient.Configuration(egress: egress, maxWaitingCalls: -1),
      HTTPClient.Configuration(egress: egress, userAgent: "a\r\nb"),
    ] {
      #expect(throws: TransportError.self) { try HTTPClient(configuration: configuration) }
    }
  }

  @Test func codesAreDistinctLabels() {
    let labels = TransportError.Code.all.map(\.rawValue)
    #expect(Set(labels).count == labels.count)
    for label in labels {
      #expect(label.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D }, "\(label)")
    }
  }

  @Test func printingNamesNobody() {
    let secret = "330106199001011234"
    let header = HTTPHeader("X-Sign", secret)
    let values: [Any] = [
      HTTPRequest(
        url: "http://a.cn/\(secret)?id=\(secret)", headers: [header], body: Array(secret.utf8),
        tls: TLSOptions(clientCertificate: .pkcs12([], password: secret)),
        proxy: ProxyOptions(host: "p", port: 1, username: secret, password: secret)),
      HTTPRequest(url: "http://\(secret) /"), header, [header],
      PartialResponse(status: 200, headers: [header], body: Array(secret.utf8)),
      HTTPResponse(
        status: 200, headers: [header], body: Array(secret.utf8), framing: .chunked,
        timings: TransferTimings(queuedAt: 0), remoteAddress: "", attempts: 1, connectionReused: false,
        requestComplete: true),
      TransportError(
        code: .reset, message: "m", remedy: "r",
        partial: PartialResponse(headers: [header], body: Array(secret.utf8))),
      TLSOptions(clientCertificate: .pem(certificate: [], key: Array(secret.utf8), password: secret)),
      ProxyOptions(host: "p", port: 1, username: secret, password: secret),
    ]
    let bytes = "\(Array(secret.utf8))".dropFirst().dropLast()
    for value in values {
      for text in [String(describing: value), String(reflecting: value)] {
        #expect(!text.contains(secret) && !text.contains(bytes), "\(type(of: value))")
      }
    }
  }
}
