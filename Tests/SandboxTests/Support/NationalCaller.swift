import CivilTime
import Crypto
import Documents
import HTTPTransport
import Sandbox
import Testing

/// Calls the national exchange: fetches and decrypts its secret first.
struct NationalCaller {
  let bench: Bench
  let connection: SandboxConnection
  var secret = ""

  init(_ bench: Bench) throws {
    self.bench = bench
    connection = try bench.connection("national-exchange")
  }

  func request(
    _ path: String, service: String, key: String, caller: String? = nil, skew: Int = 0, body: String = "{}",
    method: String = "POST"
  ) -> HTTPRequest {
    let time = String(bench.clock.now.advanced(bySeconds: skew).milliseconds)
    let caller = caller ?? connection["callerId"] ?? ""
    let sign = Base64.encode(
      HMAC.authenticate(.sha256, key: Array(key.utf8), message: Array((service + caller + time).utf8)))
    return HTTPRequest(
      method: method, url: connection.address + path,
      headers: [
        HTTPHeader("gjgxjhpt_rid", caller), HTTPHeader("gjgxjhpt_sid", service),
        HTTPHeader("gjgxjhpt_rtime", time), HTTPHeader("gjgxjhpt_sign", sign),
      ], body: method == "GET" ? nil : Array(body.utf8))
  }

  var refreshRequest: HTTPRequest {
    request(
      "/sysapi/auth/refreshappsecret", service: connection["refreshServiceId"] ?? "",
      key: connection["appKey"] ?? "")
  }

  mutating func refresh() async throws {
    let reply = try await call(refreshRequest)
    #expect(reply["code"]?.string == "0")
    let appKey = try #require(connection["appKey"])
    let key = Array(Digest.sha1.hash(Digest.sha1.hash(appKey)).prefix(16))
    let encrypted = try Base64.decode(try #require(reply["data"]?["secret"]?.string))
    secret = String(decoding: try AES.decrypt(encrypted, key: key, mode: .ecb), as: UTF8.self)
  }

  func page(_ service: String, _ body: String) -> HTTPRequest {
    request("/httpproxy", service: connection[service] ?? service, key: secret, body: body)
  }

  func call(_ request: HTTPRequest) async throws -> JSONValue {
    try JSONDocument(parsing: try await bench.send(request).body).root
  }
}
