import HTTPTransport
import Testing

/// Which servers are believed. A refused one never sees a byte of a request.
@Suite struct TLSTests {
  let certificates: Certificates

  init() throws { certificates = try Certificates.shared }

  private func status(_ url: String, _ tls: TLSOptions) async throws -> Int {
    try await withClient { try await $0.send(HTTPRequest(url: url, tls: tls)).status }
  }

  private func failure(_ url: String, _ tls: TLSOptions) async throws -> TransportError {
    try await withClient {
      try await $0.failure(of: HTTPRequest(method: "POST", url: url, body: [1], tls: tls))
    }
  }

  @Test func aNamedAuthorityIsTrustedFromFileAndMemory() async throws {
    let server = try await OpenSSLServer(certificates)
    for authorities in [certificates.authorities, .pem(try certificates.pem("ca.pem"))] {
      let status = try await status(server.url, TLSOptions(authorities: authorities))
      #expect(status == 200)
    }
    // The address is in the certificate as well.
    let byAddress = server.url.replacing("localhost", with: "127.0.0.1")
    let status = try await status(byAddress, TLSOptions(authorities: certificates.authorities))
    #expect(status == 200)
  }

  @Test func othersAreNotTrusted() async throws {
    let server = try await OpenSSLServer(certificates)
    let strangers: [TLSOptions.Authorities] = [
      .system, .file(certificates.folder.file("wrong-ca.pem")), .pem(try certificates.pem("wrong-ca.pem")),
    ]
    for authorities in strangers {
      let error = try await failure(server.url, TLSOptions(authorities: authorities))
      #expect(error.code == .tls)
      #expect(!error.requestBytesSent && error.attempts == 0 && error.timings?.connected == nil)
      #expect(error.detail?.contains("certificate") == true)
    }
  }

  @Test func anExpiredCertificateIsRefused() async throws {
    let server = try await OpenSSLServer(certificates, certificate: "expired")
    let error = try await failure(server.url, TLSOptions(authorities: certificates.authorities))
    #expect(error.code == .tls)
    #expect(error.detail?.contains("expired") == true)
    let weakened = TLSOptions(authorities: certificates.authorities, verifiesHostName: false)
    let still = try await failure(server.url, weakened)
    #expect(still.code == .tls)
  }

  @Test func aSelfSignedCertificateIsTrustedByNamingIt() async throws {
    let server = try await OpenSSLServer(certificates, certificate: "self", key: "self")
    let refused = try await failure(server.url, TLSOptions(authorities: certificates.authorities))
    #expect(refused.code == .tls)
    let status = try await status(server.url, TLSOptions(authorities: .pem(certificates.pem("self.pem"))))
    #expect(status == 200)
  }

  @Test func theHostNameMustBeInTheCertificate() async throws {
    let server = try await OpenSSLServer(certificates, certificate: "other")
    let strict = TLSOptions(authorities: certificates.authorities)
    #expect(!strict.isWeakened)
    let error = try await failure(server.url, strict)
    #expect(error.code == .tls)
    let lenient = TLSOptions(authorities: certificates.authorities, verifiesHostName: false)
    #expect(lenient.isWeakened)
    let status = try await status(server.url, lenient)
    #expect(status == 200)
    // Without the name the authority still counts.
    let stranger = try await failure(server.url, TLSOptions(verifiesHostName: false))
    #expect(stranger.code == .tls)
  }

  @Test func theServersKeyCanBePinned() async throws {
    let server = try await OpenSSLServer(certificates)
    let pin = "sha256//" + String(decoding: try certificates.pem("server.pin").dropLast(), as: UTF8.self)
    let right = TLSOptions(authorities: certificates.authorities, pinnedPublicKey: pin)
    let status = try await status(server.url, right)
    #expect(status == 200)
    let wrong = TLSOptions(
      authorities: certificates.authorities,
      pinnedPublicKey: "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    let error = try await failure(server.url, wrong)
    #expect(error.code == .tls && !error.requestBytesSent)
  }

  @Test(arguments: ["-tls1", "-tls1_1"]) func oldVersionsAreRefused(version: String) async throws {
    let server = try await OpenSSLServer(certificates, [version, "-cipher", "ALL:@SECLEVEL=0"])
    let options = TLSOptions(authorities: certificates.authorities, cipherList: "ALL:@SECLEVEL=0")
    let error = try await failure(server.url, options)
    #expect(error.code == .tls)
  }

  @Test func theMinimumVersionCanBeRaised() async throws {
    let server = try await OpenSSLServer(certificates, ["-tls1_2"])
    let status = try await status(server.url, TLSOptions(authorities: certificates.authorities))
    #expect(status == 200)
    let error = try await failure(
      server.url, TLSOptions(authorities: certificates.authorities, minimumVersion: .tls13))
    #expect(error.code == .tls)
  }

  @Test(arguments: [
    TLSOptions.Authorities.file("/nonexistent/ca.pem"), .pem([]), .pem(Array("nothing".utf8)),
  ])
  func unusableAuthoritiesAreOurFault(authorities: TLSOptions.Authorities) async throws {
    let server = try await OpenSSLServer(certificates)
    let error = try await failure(server.url, TLSOptions(authorities: authorities))
    #expect(error.code == .tlsConfiguration, "\(error.debugDescription)")
    #expect(!error.requestBytesSent)
  }

  @Test func plainServersAndPlainCalls() async throws {
    try await withServer({ connection in
      _ = connection.read()
      connection.reply("plain")
    }) { plain in
      let error = try await failure(
        "https://127.0.0.1:\(plain.port)/", TLSOptions(authorities: certificates.authorities))
      #expect(error.code == .tls && !error.requestBytesSent)
    }
    let server = try await OpenSSLServer(certificates)
    let error = try await failure(server.url.replacing("https:", with: "http:"), TLSOptions())
    #expect([.malformedResponse, .closedWithoutReply, .reset].contains(error.code), "\(error.code)")
  }

  /// A server that never answers the handshake.
  @Test func aHandshakeThatHangsTimesOut() async throws {
    let error = try await withServer({ $0.waitForClose() }) { server in
      try await withClient {
        try await $0.failure(
          of: HTTPRequest(
            url: "https://127.0.0.1:\(server.port)/", timeouts: Timeouts(connect: .milliseconds(150))))
      }
    }
    #expect(error.code == .timeoutConnect && !error.requestBytesSent)
  }
}
