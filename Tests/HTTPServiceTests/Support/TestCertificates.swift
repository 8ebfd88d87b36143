import Glibc

/// Certificates made by the openssl command in a folder of their own.
final class TestCertificates: Sendable {
  struct CommandFailed: Error {
    let command: String
    let output: String
  }

  let folder: String

  /// An authority, a server certificate for 127.0.0.1 with an intermediate authority, a client's, and a
  /// client certificate of a foreign authority.
  init() throws {
    var template = Array("/tmp/http-service-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw CommandFailed(command: "mkdtemp", output: "") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    let authority = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
    try run("openssl req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test Root' \(authority)")
    try run(
      "openssl req -x509 \(key) -keyout other.key -out other.pem -days 2 -subj '/CN=Other Root' \(authority)")
    try run("printf 'basicConstraints=critical,CA:TRUE\\n' > ca.ext")
    try run("openssl req \(key) -keyout middle.key -out middle.csr -subj '/CN=Test Intermediate'")
    try run(
      "openssl x509 -req -in middle.csr -CA ca.pem -CAkey ca.key -extfile ca.ext -days 2 -out middle.pem")
    try run("printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\n' > server.ext")
    for name in ["server", "server2"] {
      try run("openssl req \(key) -keyout \(name).key -out \(name).csr -subj '/CN=\(name)'")
      try run(
        "openssl x509 -req -in \(name).csr -CA middle.pem -CAkey middle.key -extfile server.ext -days 2 -out leaf.pem"
      )
      try run("cat leaf.pem middle.pem > \(name).pem")
    }
    try run("openssl req -utf8 \(key) -keyout client.key -out client.csr -subj '/C=CN/O=供电公司/CN=client, one'")
    try run("openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -days 2 -out client.pem")
    try run("openssl req \(key) -keyout foreign.key -out foreign.csr -subj '/CN=foreign'")
    try run("openssl x509 -req -in foreign.csr -CA other.pem -CAkey other.key -days 2 -out foreign.pem")
    try run("openssl pkcs8 -topk8 -in server.key -passout pass:secret -out locked.key")
  }

  deinit {
    for name in names() { unsafe unlink("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Runs a shell command in the folder; throws with its output if it fails.
  @discardableResult
  func run(_ command: String) throws -> String {
    let (status, output) = Shell.run("cd \(folder) && { \(command); } 2>&1")
    guard status == 0 else { throw CommandFailed(command: command, output: output) }
    return output
  }

  private func names() -> [String] {
    Shell.run("ls \(folder)").output.split(separator: "\n").map(String.init)
  }
}

enum Shell {
  /// The exit status and the standard output. Blocks: to be used inside `onThread`.
  static func run(_ command: String) -> (status: Int32, output: String) {
    guard let pipe = unsafe popen(command, "re") else { return (-1, "") }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      output.append(contentsOf: buffer.prefix(count))
    }
    let status = unsafe pclose(pipe)
    return (status, String(decoding: output, as: UTF8.self))
  }
}
