import CivilTime
import Crypto
import Documents
import HTTPService
import Synchronization

/// A gateway with bearer tokens: the application's secret comes under the gateway's SM2 key, and is exchanged for a token
/// that ends.
final class BearerGate: Sendable {
  enum Code: String, CaseIterable {
    case noToken = "401"
    case wrongSecret = "402"
  }

  static let path = "/oauth/token"

  let appID: String
  let appSecret: String
  private let key: SM2.PrivateKey
  private let mint: SecretMint
  private let lifetime: Int
  private let tokens = Mutex<[String: Timestamp]>([:])

  /// - Parameter lifetime: of a token, in seconds.
  init(_ mint: SecretMint, lifetime: Int) {
    self.mint = mint
    self.lifetime = lifetime
    appID = "app-" + mint.fixed("appId").prefix(8)
    appSecret = mint.fixed("appSecret")
    // The order of the group begins with F: what begins with 1 is below it.
    let number = "1" + (mint.fixed("sm2/1") + mint.fixed("sm2/2")).dropFirst()
    guard let key = try? SM2.PrivateKey(hex: number) else {
      preconditionFailure("a number below the order is a key")
    }
    self.key = key
  }

  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "appId", value: appID, isSecret: false),
      .init(name: "appSecret", value: appSecret, isSecret: true),
      .init(name: "publicKey", value: key.publicKey.hex, isSecret: false),
    ]
  }

  var noEntry: Refusal { Refusal(Code.noToken, "令牌无效或已过期", status: 401) }

  func expireTokens() { tokens.withLock { $0 = [:] } }

  func check(_ headers: HTTPFields, at now: Timestamp) throws(Refusal) {
    guard let text = headers["Authorization"], text.hasPrefix("Bearer "),
      let end = tokens.withLock({ $0[String(text.dropFirst(7))] }), end > now
    else { throw noEntry }
  }

  /// A token for the secret; those that have ended are forgotten.
  func token(_ body: [UInt8], at now: Timestamp) throws(Refusal) -> Reply {
    let root = try PermitJSON.root(of: body)
    let sealed = root["appSecret"]?.string.flatMap { try? Hex.decode($0) } ?? []
    guard root["appId"]?.string == appID, let plain = try? key.decrypt(sealed, form: .raw(.c1c3c2)),
      plain == Array(appSecret.utf8)
    else { throw Refusal(Code.wrongSecret, "应用标识或密钥错误") }
    let token = mint.next("token")
    let end = now.advanced(bySeconds: lifetime)
    tokens.withLock { tokens in
      tokens = tokens.filter { $0.value > now }
      tokens[token] = end
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("success", true)
      writer.member("status", "200")
      writer.member("message", "ok")
      writer.member("data") { writer in
        writer.object { writer in
          writer.member("accessToken", token)
          writer.member("expiresIn", lifetime)
        }
      }
    }
    return Reply(contentType: "application/json", body: writer.takeBytes(), code: "200", isSuccess: true)
  }
}
