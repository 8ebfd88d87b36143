public import HTTPService
import Inbound
import Telemetry

/// A gateway's interface on its socket. It listens as soon as it is made; ``run()`` serves.
public final class APIServer: Sendable {
  /// Where it listens.
  public struct Address: Sendable {
    /// A numeric address or a name; `::` listens on both families.
    public var host: String
    /// 0 lets the system choose.
    public var port: Int
    /// Without it plain HTTP is spoken.
    public var tls: TLSFiles?

    public init(host: String = "127.0.0.1", port: Int, tls: TLSFiles? = nil) {
      self.host = host
      self.port = port
      self.tls = tls
    }
  }

  /// The paths of PEM files.
  public struct TLSFiles: Sendable {
    /// The server's certificate, then the intermediate ones.
    public var certificate: String
    public var key: String
    /// Given, a client without a certificate signed by one of them gets no connection.
    public var clientAuthorities: String?

    public init(certificate: String, key: String, clientAuthorities: String? = nil) {
      self.certificate = certificate
      self.key = key
      self.clientAuthorities = clientAuthorities
    }

    func read() throws(HTTPServiceError) -> TLSServerConfiguration {
      var clients = TLSServerConfiguration.ClientCertificates.none
      if let clientAuthorities {
        clients = .required(authorities: try TLSServerConfiguration.read(clientAuthorities))
      }
      return try TLSServerConfiguration(
        certificateFile: certificate, privateKeyFile: key, clientCertificates: clients)
    }
  }

  public let port: Int
  private let server: HTTPServer
  private let tls: TLSFiles?

  /// Throws `.bind` or `.tls` with the remedy. Reads the files of TLS.
  public init(_ api: GatewayAPI, at address: Address) throws(HTTPServiceError) {
    tls = address.tls
    var configuration = HTTPServerConfiguration(
      host: address.host, port: address.port, tls: try address.tls?.read())
    // What platforms send may be larger; consumers are held to theirs where they are answered.
    configuration.limits.bodyBytes = max(api.parts.largestBody, api.parts.inbound?.largest ?? 0)
    let log = api.parts.log
    configuration.problem = { problem in
      log(.warning, "the server met a problem", ["cause": .text(problem.code.rawValue)])
    }
    configuration.refused = { api.answer($0) }
    server = try HTTPServer(configuration: configuration) { await api.respond(to: $0) }
    port = server.port
  }

  public var statistics: HTTPServerStatistics { server.statistics }

  /// Serves until ``stop()`` has been carried out: requests under way are answered first. Cancelling the task ends it at once.
  public func run() async throws { try await server.run() }

  /// Stops accepting and lets what is under way finish. From anywhere, also twice.
  public func stop() { server.stop() }

  /// Reads the files of TLS again and uses them for new connections: for certificates that were renewed.
  public func reloadTLS() throws(HTTPServiceError) {
    guard let tls else { return }
    try server.replaceTLS(try tls.read())
  }
}
