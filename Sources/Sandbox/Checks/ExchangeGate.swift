import CivilTime
import Crypto
import Documents
import HTTPService
import Synchronization

/// What an exchange looks at before it lets a call through: caller, clock, and a signature by a secret that is fetched
/// first and ends. Four names carry it, in headers or in the header of a SOAP message.
final class ExchangeGate: Sendable {
  typealias Code = NationalExchange.Code

  /// What a call says of itself.
  struct Names {
    let caller: String
    let service: String
    /// Milliseconds of Unix time.
    let time: String
    let sign: String
  }

  private struct Secret {
    let text: String
    let end: Timestamp
  }

  static let path = "/sysapi/auth/refreshappsecret"

  let callerID: String
  let appKey: String
  let refreshServiceID: String
  private let headerPrefix: String
  private let mint: SecretMint
  private let clockSkew: Int
  private let lifetime: Int
  /// The newest and the one before it.
  private let secrets = Mutex<[Secret]>([])

  /// - Parameters:
  ///   - lifetime: of a secret, in seconds.
  ///   - headerPrefix: what the four headers begin with.
  init(_ mint: SecretMint, limits: PlatformLimits, lifetime: Int, headerPrefix: String = "gjgxjhpt") {
    self.mint = mint
    self.headerPrefix = headerPrefix
    self.lifetime = lifetime
    clockSkew = limits.clockSkew
    callerID = "rid-" + mint.fixed("rid").prefix(12)
    appKey = mint.fixed("appKey")
    refreshServiceID = "s_refresh_" + mint.fixed("sid/refresh").prefix(8)
  }

  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "callerId", value: callerID, isSecret: false),
      .init(name: "appKey", value: appKey, isSecret: true),
      .init(name: "refreshServiceId", value: refreshServiceID, isSecret: false),
    ]
  }

  func names(in headers: HTTPFields) throws(Refusal) -> Names {
    guard let caller = headers[headerPrefix + "_rid"], let service = headers[headerPrefix + "_sid"],
      let time = headers[headerPrefix + "_rtime"], let sign = headers[headerPrefix + "_sign"]
    else { throw Refusal(Code.badParameter, "缺少 \(headerPrefix) 请求头") }
    return Names(caller: caller, service: service, time: time, sign: sign)
  }

  /// The service that a call signed with a living secret names.
  func service(_ names: Names, at now: Timestamp) throws(Refusal) -> String {
    try check(names, secrets.withLock { $0 }, at: now)
  }

  func expireSecrets() {
    secrets.withLock { $0 = [] }
  }

  /// `secret` is AES-128-ECB under a key that a Java `SecureRandom("SHA1PRNG")` seeded with the app key would give:
  /// the first 16 bytes of SHA1(SHA1(appKey)).
  func refresh(_ headers: HTTPFields, at now: Timestamp) throws(Refusal) -> Reply {
    let own = Secret(text: appKey, end: Timestamp(milliseconds: .max))
    guard try check(names(in: headers), [own], at: now) == refreshServiceID else {
      throw Refusal(Code.unknownService, "服务标识错误")
    }
    let secret = Secret(text: mint.next("secret"), end: now.advanced(bySeconds: lifetime))
    let key = Array(Digest.sha1.hash(Digest.sha1.hash(appKey)).prefix(16))
    let encrypted: [UInt8]
    do throws(CryptoError) {
      encrypted = try AES.encrypt(Array(secret.text.utf8), key: key, mode: .ecb)
    } catch {
      throw Refusal(Code.badParameter, "密钥加密失败", status: 500)
    }
    secrets.withLock { $0 = [secret] + $0.prefix(1) }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", Code.success.rawValue)
      writer.member("message", "成功")
      writer.member("data") { writer in
        writer.object { writer in
          writer.member("secret", Base64.encode(encrypted))
          writer.member("secretEndTime", secret.end.milliseconds)
        }
      }
    }
    return Reply(
      contentType: "application/json", body: writer.takeBytes(), code: Code.success.rawValue, isSuccess: true)
  }

  private func check(_ names: Names, _ secrets: [Secret], at now: Timestamp) throws(Refusal) -> String {
    guard names.caller == callerID else { throw Refusal(Code.unknownCaller, "请求者标识不存在") }
    guard let milliseconds = RequestText.number(names.time) else {
      throw Refusal(Code.badParameter, "rtime 格式错误")
    }
    guard
      abs(now.milliseconds(since: Timestamp(milliseconds: Int64(milliseconds)))) <= clockSkew * 1000
    else {
      throw Refusal(Code.clockSkew, "请求时间超出允许范围")
    }
    guard !secrets.isEmpty else { throw Refusal(Code.secretExpired, "密钥不存在或已过期") }
    let message = Array((names.service + names.caller + names.time).utf8)
    let match = secrets.first {
      Base64.encode(HMAC.authenticate(.sha256, key: Array($0.text.utf8), message: message)) == names.sign
    }
    guard let match else { throw Refusal(Code.wrongSign, "签名错误") }
    guard match.end > now else { throw Refusal(Code.secretExpired, "密钥已过期") }
    return names.service
  }
}
