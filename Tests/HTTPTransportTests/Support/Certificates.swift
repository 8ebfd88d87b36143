import Glibc
import HTTPTransport
import Synchronization

/// An authority, server and client certificates, made once for all tests; the folder goes when the process ends.
final class Certificates: Sendable {
  private static let made: Result<Certificates, any Error> = {
    atexit { if case .success(let certificates) = Certificates.made { certificates.folder.remove() } }
    return Result { try Certificates() }
  }()

  static var shared: Certificates {
    get throws { try made.get() }
  }

  let folder = TemporaryFolder()

  private init() throws {
    folder.write("server.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    folder.write("other.ext", "subjectAltName=DNS:other.example\n")
    folder.write("client.ext", "extendedKeyUsage=clientAuth\n")
    folder.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    folder.write("empty.pem", "")
    folder.write("make.sh", Self.script)
    try Command.run("sh", ["-e", "make.sh"], in: folder.path)
  }

  private static let script = """
    new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl req -x509 $new -keyout ca.key -out ca.pem -days 2 -subj "/CN=Test Authority"
    openssl req -x509 $new -keyout wrong-ca.key -out wrong-ca.pem -days 2 -subj "/CN=Another Authority"
    sign() { openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $4 -extfile $3.ext -out $2.pem; }
    openssl req -new $new -keyout server.key -out server.csr -subj "/CN=localhost"
    sign server server server 2
    sign server other other 2
    sign server expired server -1
    openssl req -x509 $new -keyout self.key -out self.pem -days 2 -subj "/CN=localhost" \\
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1
    for name in alice bob; do
      openssl req -new $new -keyout $name.key -out $name.csr -subj "/CN=$name"
      sign $name $name client 2
    done
    openssl pkcs8 -topk8 -in alice.key -out alice-locked.key -passout pass:secret
    openssl pkcs12 -export -in alice.pem -inkey alice.key -certfile ca.pem -out alice.p12 -passout pass:secret
    openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin -outform der \\
      | openssl dgst -sha256 -binary | openssl base64 > server.pin

    """

  func pem(_ name: String) throws -> [UInt8] { try folder.read(name) }

  var authorities: TLSOptions.Authorities { .file(folder.file("ca.pem")) }
}

/// `openssl s_server`, for what a well-behaved server does not do: old versions, expired certificates.
final class OpenSSLServer {
  private let command: Command
  let url: String
  private static let serial = Atomic(0)

  struct NotStarted: Error { let log: String }

  init(
    _ certificates: Certificates, certificate: String = "server", key: String = "server",
    _ options: [String] = []
  )
    async throws
  {
    let name = "s_server.\(Self.serial.add(1, ordering: .relaxed).newValue).log"
    let log = certificates.folder.file(name)
    command = try Command(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate + ".pem", "-key", key + ".key", "-www"]
        + options,
      in: certificates.folder.path, log: log)
    let end = ContinuousClock.now.advanced(by: .seconds(10))
    while true {
      let text = String(decoding: try certificates.folder.read(name), as: UTF8.self)
      if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT 127.0.0.1:") }) {
        url = "https://localhost:" + line.dropFirst("ACCEPT 127.0.0.1:".count)
        return
      }
      guard ContinuousClock.now < end else {
        command.end()
        throw NotStarted(log: text)
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  deinit { command.end() }
}
