import Gateway
public import HTTPService

/// A gateway's interface on its socket. It listens as soon as it is made; ``run()`` serves.
public final class APIServer: Sendable {
  public let port: Int
  private let server: HTTPServer
  private let listen: ListenConfiguration

  /// Throws `.bind` or `.tls` with the remedy. Reads the files of TLS.
  public init(_ api: GatewayAPI) throws(HTTPServiceError) {
    listen = api.gateway.configuration.listen
    var configuration = HTTPServerConfiguration(
      host: listen.host, port: listen.port, tls: try Self.tls(listen))
    configuration.limits.bodyBytes = listen.largestBody
    let log = api.gateway.log
    configuration.problem = { problem in
      log(.warning, "the server met a problem", ["cause": .text(problem.code.rawValue)])
    }
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
    guard let tls = try Self.tls(listen) else { return }
    try server.replaceTLS(tls)
  }

  private static func tls(_ listen: ListenConfiguration) throws(HTTPServiceError) -> TLSServerConfiguration? {
    guard let tls = listen.tls else { return nil }
    var clients = TLSServerConfiguration.ClientCertificates.none
    if let authorities = tls.clientAuthorities {
      clients = .required(authorities: try TLSServerConfiguration.read(authorities.path))
    }
    return try TLSServerConfiguration(
      certificateFile: tls.certificate.path, privateKeyFile: tls.key.path, clientCertificates: clients)
  }
}
