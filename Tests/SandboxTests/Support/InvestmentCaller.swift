import CivilTime
import Crypto
import Documents
import HTTPTransport
import Sandbox
import Synchronization
import Testing

/// Calls the investment platform through its x-tif gateway.
struct InvestmentCaller {
  let bench: Bench
  let connection: SandboxConnection
  private static let nonces = Atomic(0)

  init(_ bench: Bench) throws {
    self.bench = bench
    connection = try bench.connection("investment-3")
  }

  static let audit =
    #""audit_info":{"operator_id":"1","operator_name":"测试","item_code":"x","query_timestamp":"1"}"#

  func request(
    _ path: String, _ body: String, token: String? = nil, paasid: String? = nil, nonce: String? = nil,
    skew: Int = 0, serviceID: String? = nil, method: String = "POST"
  ) -> HTTPRequest {
    let time = String(bench.clock.now.milliseconds / 1000 + Int64(skew))
    let nonce = nonce ?? "n\(InvestmentCaller.nonces.add(1, ordering: .relaxed).newValue)"
    let token = token ?? connection["token"] ?? ""
    let signature = Hex.encode(
      Digest.sha256.hash(time + token + nonce + time), uppercase: serviceID != nil)
    var headers = [
      HTTPHeader("x-tif-paasid", paasid ?? connection["paasid"] ?? ""), HTTPHeader("x-tif-timestamp", time),
      HTTPHeader("x-tif-nonce", nonce), HTTPHeader("x-tif-signature", signature),
      HTTPHeader("Content-Type", "application/json"),
    ]
    if let serviceID { headers.append(HTTPHeader("x-tif-serviceid", serviceID)) }
    return HTTPRequest(
      method: method, url: connection.address + path, headers: headers, body: Array(body.utf8))
  }

  func projects(_ more: String) -> HTTPRequest {
    request("/investment/v3/projects", "{\(InvestmentCaller.audit)\(more)}")
  }

  func call(_ request: HTTPRequest) async throws -> JSONValue {
    try JSONDocument(parsing: try await bench.send(request).body).root
  }
}
