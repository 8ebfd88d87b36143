import CivilTime
import Crypto
import Documents
import HTTPTransport
import Sandbox
import Testing

/// Calls 公共数据平台 the way a gateway must.
struct ZhejiangCaller {
  let bench: Bench
  let connection: SandboxConnection
  var refreshSecret = ""
  var requestSecret = ""

  init(_ bench: Bench) throws {
    self.bench = bench
    connection = try bench.connection("zhejiang-public-data")
  }

  var appKey: String { connection["appKey"] ?? "" }
  var appSecret: String { connection["appSecret"] ?? "" }

  func sign(_ secret: String, _ time: String) -> String {
    Hex.encode(Digest.md5.hash(appKey + secret + time))
  }

  func request(_ path: String, secret: String, _ more: String = "", method: String = "POST") -> HTTPRequest {
    let time = String(bench.clock.now.milliseconds)
    let query = "appKey=\(appKey)&requestTime=\(time)&sign=\(sign(secret, time))\(more)"
    return HTTPRequest(method: method, url: "\(connection.address)\(path)?\(query)")
  }

  func call(_ request: HTTPRequest) async throws -> JSONValue {
    try JSONDocument(parsing: try await bench.send(request).body).root
  }

  mutating func refresh() async throws {
    let reply = try await call(request("/gateway/app/refreshTokenByKey.htm", secret: appSecret))
    try take(reply)
  }

  mutating func refreshBySecret() async throws {
    let reply = try await call(request("/gateway/app/refreshTokenBySec.htm", secret: refreshSecret))
    try take(reply)
  }

  private mutating func take(_ reply: JSONValue) throws {
    #expect(reply["code"]?.string == "00")
    refreshSecret = try #require(reply["datas"]?["refreshSecret"]?.string)
    requestSecret = try #require(reply["datas"]?["requestSecret"]?.string)
  }

  func page(_ id: String, _ number: Int = 1, size: Int = 100, _ more: String = "") -> HTTPRequest {
    request(
      "/gateway/api/330100/dataSharing/\(id).htm", secret: requestSecret,
      "&pageNo=\(number)&pageSize=\(size)\(more)")
  }

  /// All rows of a window, page by page.
  func pull(_ id: String, size: Int, _ more: String = "") async throws -> [JSONValue] {
    var rows: [JSONValue] = []
    for number in 1... {
      let reply = try await call(page(id, number, size: size, more))
      try #require(reply["code"]?.string == "00")
      let datas = try #require(reply["datas"])
      #expect(reply["dataCount"]?.integer == datas.count)
      rows += datas.elements
      let total = try #require(reply["totalDataCount"]?.integer)
      if rows.count >= total || datas.count == 0 {
        #expect(rows.count == total)
        return rows
      }
    }
    return rows
  }
}
