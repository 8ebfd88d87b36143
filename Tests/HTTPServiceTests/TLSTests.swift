import HTTPService
import Testing

/// With the certificates of the openssl command and the clients curl and openssl.
@Suite struct TLSTests {
  private static func settings(
    _ certificates: TestCertificates, server: String = "server",
    clients: TLSServerConfiguration.ClientCertificates = .none
  ) throws -> TLSServerConfiguration {
    try TLSServerConfiguration(
      certificateFile: certificates.path(server + ".pem"), privateKeyFile: certificates.path(server + ".key"),
      clientCertificates: clients)
  }

  private static func answer(_ request: HTTPServerRequest) -> HTTPServerResponse {
    .text("\(request.isSecure) \(request.clientCertificateSubject ?? "nobody") \(request.body.count)")
  }

  /// Makes certificates and a server and runs the commands, in which PORT is replaced, one by one.
  private func outputs(
    clients: @Sendable (TestCertificates) throws -> TLSServerConfiguration.ClientCertificates = {
      _ in .none
    },
    _ commands: [String]
  ) async throws -> [String] {
    let certificates = try await onThread { try TestCertificates() }
    var configuration = HTTPServerConfiguration()
    configuration.tls = try TLSTests.settings(certificates, clients: try clients(certificates))
    return try await withServer(configuration, handler: { TLSTests.answer($0) }) { server in
      let port = server.port
      return try await onThread {
        try commands.map { command in
          try certificates.run(command.replacing("PORT", with: "\(port)"))
        }
      }
    }
  }

  @Test func speaksTLS() async throws {
    let curl = "curl -sS --max-time 20 --cacert ca.pem"
    let outputs = try await outputs([
      "\(curl) https://127.0.0.1:PORT/",
      "\(curl) --tls-max 1.2 https://127.0.0.1:PORT/",
      "head -c 3000000 /dev/zero | \(curl) --http1.1 --data-binary @- https://127.0.0.1:PORT/",
      // Two requests on one connection.
      "\(curl) -w '%{num_connects}' https://127.0.0.1:PORT/ https://127.0.0.1:PORT/",
      "\(curl) -o /dev/null -w '%{http_version}' --http2 https://127.0.0.1:PORT/",
      "\(curl) --tls-max 1.1 https://127.0.0.1:PORT/ || echo refused",
      "curl -sS --max-time 20 http://127.0.0.1:PORT/ || echo refused",
    ])
    #expect(outputs[0] == "true nobody 0")
    #expect(outputs[1] == "true nobody 0")
    #expect(outputs[2] == "true nobody 3000000")
    #expect(outputs[3] == "true nobody 01true nobody 00")
    #expect(outputs[4] == "1.1")
    #expect(outputs[5].hasSuffix("refused\n"))
    #expect(outputs[6].hasSuffix("refused\n"))
  }

  @Test func asksForClientCertificates() async throws {
    let curl = "curl -sS --max-time 20 --cacert ca.pem"
    let commands = [
      "\(curl) https://127.0.0.1:PORT/ || echo refused",
      "\(curl) --cert client.pem --key client.key https://127.0.0.1:PORT/",
      "\(curl) --cert foreign.pem --key foreign.key https://127.0.0.1:PORT/ || echo refused",
      "\(curl) --tls-max 1.2 --cert client.pem --key client.key https://127.0.0.1:PORT/",
    ]
    let client = "true CN=client\\, one,O=供电公司,C=CN 0"
    let required = try await outputs(
      clients: { .required(authorities: try TLSServerConfiguration.read($0.path("ca.pem"))) }, commands)
    #expect(required[0].hasSuffix("refused\n"))
    #expect(required[1] == client)
    #expect(required[2].hasSuffix("refused\n"))
    #expect(required[3] == client)
    let optional = try await outputs(
      clients: { .optional(authorities: try TLSServerConfiguration.read($0.path("ca.pem"))) }, commands)
    #expect(optional[0] == "true nobody 0")
    #expect(optional[1] == client)
    #expect(optional[2].hasSuffix("refused\n"))
  }

  @Test func failedHandshakesAreReported() async throws {
    let problem = Signal<HTTPServiceError>()
    let certificates = try await onThread { try TestCertificates() }
    var configuration = HTTPServerConfiguration()
    configuration.tls = try TLSTests.settings(certificates)
    configuration.problem = { problem.set($0) }
    try await withServer(configuration, handler: { TLSTests.answer($0) }) { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let client = RawClient(port: port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try client.readToEnd()
      }
      let error = await problem.wait()
      #expect(error.code == .handshake)
      #expect(error.message.contains("http request"))
      #expect(server.statistics.failedHandshakes == 1)
    }
  }

  /// A client that connects and says nothing, or breaks off, holds nothing up.
  @Test func silentHandshakesEnd() async throws {
    let certificates = try await onThread { try TestCertificates() }
    var configuration = HTTPServerConfiguration()
    configuration.tls = try TLSTests.settings(certificates)
    configuration.deadlines.header = .milliseconds(200)
    try await withServer(configuration, handler: { TLSTests.answer($0) }) { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let silent = RawClient(port: port)
        let half = RawClient(port: port)
        half.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        #expect(try silent.readToEnd() == .orderly)
        _ = try half.readToEnd()
      }
    }
  }

  /// Bodies end by close_notify and streams by their last chunk, aborts by neither.
  @Test func endsAreToldApart() async throws {
    struct Fault: Error {}
    let certificates = try await onThread { try TestCertificates() }
    var configuration = HTTPServerConfiguration()
    configuration.tls = try TLSTests.settings(certificates)
    try await withServer(configuration) { request in
      switch request.path {
      case "/abort": .abort
      case "/half":
        HTTPServerResponse(
          headers: ["Content-Length": "100000"],
          body: .stream { writer in
            try await writer.write(String(repeating: "x", count: 50000))
            throw Fault()
          })
      default:
        HTTPServerResponse(
          body: .stream { writer in
            for _ in 0..<200 { try await writer.write(String(repeating: "x", count: 10000)) }
          })
      }
    } body: { server in
      let port = server.port
      try await onThread { () throws -> Void in
        let curl = "curl -sS --max-time 20 --cacert ca.pem -o /dev/null -w '%{size_download} %{exitcode}'"
        func output(_ options: String, _ path: String) throws -> String {
          let text = try certificates.run(
            "\(curl) \(options) https://127.0.0.1:\(port)\(path) 2>&1 || true")
          return text
        }
        #expect(try output("", "/stream") == "2000000 0")
        #expect(try output("--http1.0", "/stream") == "2000000 0")
        #expect(try output("", "/abort") != "0 0")
        #expect(try output("", "/half") != "100000 0")
      }
    }
  }

  @Test func certificatesAreReplacedWhileServing() async throws {
    let certificates = try await onThread { try TestCertificates() }
    var configuration = HTTPServerConfiguration()
    configuration.tls = try TLSTests.settings(certificates)
    let second = try TLSTests.settings(certificates, server: "server2")
    try await withServer(configuration, handler: { TLSTests.answer($0) }) { server in
      let port = server.port
      let command =
        "openssl s_client -connect 127.0.0.1:\(port) -CAfile ca.pem -verify_return_error </dev/null"
      let before = try await onThread { try certificates.run(command) }
      #expect(before.contains("subject=CN = server\n"))
      try server.replaceTLS(second)
      let after = try await onThread { try certificates.run(command) }
      #expect(after.contains("subject=CN = server2\n"))
    }
    let plain = try HTTPServer(configuration: HTTPServerConfiguration()) { _ in .text("") }
    #expect(throws: HTTPServiceError.self) { try plain.replaceTLS(second) }
  }

  @Test func unusableSettingsAreRefusedWithARemedy() async throws {
    let certificates = try await onThread { try TestCertificates() }
    let good = try TLSTests.settings(certificates)
    let other = try TLSTests.settings(certificates, server: "server2")
    func fault(_ change: (inout TLSServerConfiguration) -> Void) -> String? {
      var settings = good
      change(&settings)
      do {
        _ = try HTTPServer(configuration: HTTPServerConfiguration(tls: settings)) { _ in .text("") }
        return nil
      } catch {
        return error.code == .tls ? error.message : nil
      }
    }
    let locked = try TLSServerConfiguration.read(certificates.path("locked.key"))
    #expect(fault { $0.certificateChain = [] }?.contains("certificate chain") == true)
    #expect(fault { $0.certificateChain = Array("garbage".utf8) }?.contains("certificate chain") == true)
    #expect(fault { $0.certificateChain.removeLast(60) }?.contains("certificate chain") == true)
    #expect(fault { $0.privateKey = [] }?.contains("private key") == true)
    #expect(fault { $0.privateKey = other.privateKey }?.contains("does not belong") == true)
    #expect(fault { $0.privateKey = locked }?.contains("password") == true)
    #expect(fault { $0.clientCertificates = .required(authorities: []) }?.contains("authorities") == true)
    #expect(
      fault { settings in
        settings.privateKey = locked
        settings.privateKeyPassword = "wrong"
      } != nil)
    #expect(
      fault { settings in
        settings.privateKey = locked
        settings.privateKeyPassword = "secret"
      } == nil)
    let missing = #expect(throws: HTTPServiceError.self) { try TLSServerConfiguration.read("/nowhere/x.pem") }
    #expect(missing?.message.contains("/nowhere/x.pem") == true)
  }
}
