import HTTPService
import HTTPTransport
import Testing

/// Who we say we are.
@Suite struct ClientCertificateTests {
  let certificates: Certificates

  init() throws { certificates = try Certificates.shared }

  private func pem(_ name: String, key: String? = nil, password: String? = nil) throws
    -> TLSOptions.ClientCertificate
  {
    .pem(
      certificate: try certificates.pem(name + ".pem"), key: try certificates.pem((key ?? name) + ".key"),
      password: password)
  }

  /// Runs a server that answers with the subject of the certificate it was shown.
  private func withServer<T>(
    isRequired: Bool, _ body: (_ url: String) async throws -> T
  ) async throws -> T {
    let authorities = try certificates.pem("ca.pem")
    let server = try HTTPServer(
      configuration: HTTPServerConfiguration(
        tls: TLSServerConfiguration(
          certificateFile: certificates.folder.file("server.pem"),
          privateKeyFile: certificates.folder.file("server.key"),
          clientCertificates: isRequired
            ? .required(authorities: authorities) : .optional(authorities: authorities)))
    ) { request in
      .text(request.clientCertificateSubject ?? "nobody")
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      do {
        let result = try await body("https://localhost:\(server.port)/")
        server.stop()
        try await group.waitForAll()
        return result
      } catch {
        server.stop()
        throw error
      }
    }
  }

  private func tls(_ certificate: TLSOptions.ClientCertificate?) -> TLSOptions {
    TLSOptions(authorities: certificates.authorities, clientCertificate: certificate)
  }

  @Test func everyFormIsShown() async throws {
    let forms: [TLSOptions.ClientCertificate] = [
      try pem("alice"), try pem("alice", key: "alice-locked", password: "secret"),
      .pkcs12(try certificates.pem("alice.p12"), password: "secret"),
    ]
    try await withServer(isRequired: true) { url in
      try await withClient { client in
        for form in forms {
          let response = try await client.send(HTTPRequest(url: url, tls: tls(form)))
          #expect(response.text.contains("alice"), "\(form)")
        }
      }
    }
  }

  /// A connection made with one certificate must never carry a call made with another, or with none.
  @Test func connectionsAreNotSharedBetweenIdentities() async throws {
    let alice = try pem("alice")
    let bob = try pem("bob")
    try await withServer(isRequired: false) { url in
      try await withClient { client in
        for (certificate, name) in [
          (alice, "alice"), (bob, "bob"), (nil, "nobody"), (alice, "alice"), (bob, "bob"),
        ] {
          let response = try await client.send(HTTPRequest(url: url, tls: tls(certificate)))
          #expect(response.text.contains(name))
        }
        let again = try await client.send(HTTPRequest(url: url, tls: tls(alice)))
        #expect(again.connectionReused && again.text.contains("alice"))
      }
    }
  }

  /// A call that trusts less must not use a connection made by one that trusted more.
  @Test func connectionsAreNotSharedBetweenAuthorities() async throws {
    try await withServer(isRequired: false) { url in
      try await withClient { client in
        let first = try await client.send(HTTPRequest(url: url, tls: tls(nil)))
        #expect(first.status == 200)
        for authorities in [.system, TLSOptions.Authorities.file(certificates.folder.file("wrong-ca.pem"))] {
          let error = try await client.failure(
            of: HTTPRequest(url: url, tls: TLSOptions(authorities: authorities)))
          #expect(error.code == .tls)
        }
        let pinned = TLSOptions(
          authorities: certificates.authorities,
          pinnedPublicKey: "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        let error = try await client.failure(of: HTTPRequest(url: url, tls: pinned))
        #expect(error.code == .tls)
      }
    }
  }

  /// With TLS 1.3 the server refuses after the handshake, when the request may have left already: its alert, or only
  /// the reset that follows when our request meets a closed connection.
  @Test func aMissingCertificateIsRefused() async throws {
    try await withServer(isRequired: true) { url in
      try await withClient { client in
        let error = try await client.failure(
          of: HTTPRequest(method: "POST", url: url, body: [1], tls: tls(nil)))
        #expect(error.code == .tls || error.code == .reset, "\(error.debugDescription)")
        #expect(error.partial.isEmpty)
      }
    }
  }

  @Test func unusableMaterialIsOurFault() async throws {
    let alice = try certificates.pem("alice.pem")
    let aliceKey = try certificates.pem("alice.key")
    let archive = try certificates.pem("alice.p12")
    let broken: [(String, TLSOptions.ClientCertificate)] = [
      ("no certificate", .pem(certificate: [], key: aliceKey)), ("no key", .pem(certificate: alice, key: [])),
      ("damaged", .pem(certificate: try certificates.pem("garbage.pem"), key: aliceKey)),
      ("another's key", try pem("alice", key: "bob")),
      ("a locked key", try pem("alice", key: "alice-locked")),
      ("a wrong password", try pem("alice", key: "alice-locked", password: "guess")),
      ("a wrong archive password", .pkcs12(archive, password: "guess")),
      ("half an archive", .pkcs12(Array(archive.prefix(archive.count / 2)), password: "secret")),
      ("no archive", .pkcs12([], password: "")),
    ]
    try await withServer(isRequired: true) { url in
      try await withClient { client in
        for (name, certificate) in broken {
          let error = try await client.failure(of: HTTPRequest(url: url, tls: tls(certificate)))
          #expect(error.code == .tlsConfiguration, "\(name): \(error.debugDescription)")
          #expect(!error.requestBytesSent)
        }
      }
    }
  }
}
