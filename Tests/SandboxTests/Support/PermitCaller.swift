import CivilTime
import Crypto
import Documents
import HTTPTransport
import Sandbox
import Synchronization
import Testing

/// Calls the permit window through its x-tif gateway.
struct PermitCaller {
  let bench: Bench
  let connection: SandboxConnection
  private static let nonces = Atomic(0)

  init(_ bench: Bench) throws {
    self.bench = bench
    connection = try bench.connection("hangzhou-permits")
  }

  /// An application that each item takes, with members replaced; nil takes one out.
  static func application(_ item: String, _ changes: [String: String?] = [:]) -> String {
    let code = [
      "route-planning": "GH-01", "road-occupation": "SZ-01", "road-digging": "SZ-02", "greening": "YL-01",
    ]
    var members = [
      "sqbh": #""SQ-1""#, "xmmc": #""拟东线""#, "sxbm": #""330100-\#(code[item] ?? "")""#, "sqrmc": #""拟电力公司""#,
      "sqrzjlx": #""A05300""#, "sqrzjhm": #""91330199TX0000001W""#, "gcdz": #""西湖区""#, "xzqh": #""330199""#,
      "gzcn": #""1""#, "kgrq": #""20260301""#, "jgrq": #""20260401""#, "xlcd": "1.25", "dydj": "110",
      "zymj": "3", "wjcd": "86.4", "ldmj": "30",
    ]
    for (name, value) in changes { members[name] = value }
    return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
      + "}"
  }

  func call(
    _ operation: String, _ body: String, token: String? = nil, paasid: String? = nil, nonce: String? = nil,
    skew: Int = 0, method: String = "POST"
  ) async throws -> (status: Int, body: JSONValue) {
    let time = String(bench.clock.now.milliseconds / 1000 + Int64(skew))
    let nonce = nonce ?? "n\(Self.nonces.add(1, ordering: .relaxed).newValue)"
    let token = token ?? connection["token"] ?? ""
    let headers = [
      HTTPHeader("x-tif-paasid", paasid ?? connection["paasid"] ?? ""), HTTPHeader("x-tif-timestamp", time),
      HTTPHeader("x-tif-nonce", nonce),
      HTTPHeader("x-tif-signature", Hex.encode(Digest.sha256.hash(time + token + nonce + time))),
      HTTPHeader("Content-Type", "application/json"),
    ]
    let response = try await bench.send(
      HTTPRequest(
        method: method, url: "\(connection.address)/permit/v1/\(operation)", headers: headers,
        body: Array(body.utf8)))
    return (response.status, try JSONDocument(parsing: response.body).root)
  }

  func submit(
    _ item: String, key: String, _ changes: [String: String?] = [:]
  ) async throws -> JSONValue {
    let application = Self.application(item, changes)
    return try await call(item, #"{"businessKey":"\#(key)","application":\#(application)}"#).body
  }
}
