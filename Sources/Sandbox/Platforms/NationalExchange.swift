import CivilTime
import Crypto
import Documents
import HTTPService
import Synchronization

/// 国家数据共享交换平台: four headers with an HMAC, an encrypted secret that must be fetched first, services behind one
/// path.
///
/// The headers, the signature and the form of the secret are the exchange's; the codes beyond those known, the request
/// bodies and the services' fields are the sandbox's own (docs/reference/sandbox.md).
final class NationalExchange: PlatformCore {
  enum Code: String, CaseIterable {
    case success = "0"
    case badParameter = "-1"
    case unknownCaller = "E-101"
    case unknownService = "E-102"
    case clockSkew = "E-103"
    case wrongSign = "E-104"
    case quota = "E-105"
    case secretExpired = "E-106"
  }

  private struct Secret {
    let text: String
    let end: Timestamp
  }

  let name = "national-exchange"
  let title = "国家数据共享交换平台"
  let callerID: String
  let appKey: String
  let refreshServiceID: String
  let contractorLicenceServiceID: String
  let proofServiceID: String
  let operations = ["refreshappsecret", "contractorLicences", "proofs"]
  private let lifetime: Int
  private let limits: PlatformLimits
  private let quota: QuotaMeter
  private let mint: SecretMint
  private let services: [String: DataSet]
  private let pager: Pager
  private let now: @Sendable () -> Timestamp
  /// The newest and the one before it.
  private let secrets = Mutex<[Secret]>([])

  init(
    _ population: Population, limits: PlatformLimits, lifetimes: SecretLifetimes, pager: Pager,
    now: @escaping @Sendable () -> Timestamp
  ) {
    let mint = SecretMint(seed: population.seed, salt: "national-exchange")
    self.mint = mint
    callerID = "rid-" + mint.fixed("rid").prefix(12)
    appKey = mint.fixed("appKey")
    refreshServiceID = "s_refresh_" + mint.fixed("sid/refresh").prefix(8)
    contractorLicenceServiceID = "s_licence_" + mint.fixed("sid/licence").prefix(8)
    proofServiceID = "s_proof_" + mint.fixed("sid/proof").prefix(8)
    lifetime = lifetimes.request
    self.limits = limits
    self.pager = pager
    self.now = now
    quota = QuotaMeter(limits)
    services = [
      contractorLicenceServiceID: NationalRows.contractorLicences(population),
      proofServiceID: NationalRows.proofs(population),
    ]
  }

  func operation(of request: HTTPServerRequest) -> String {
    switch request.path {
    case "/sysapi/auth/refreshappsecret": "refreshappsecret"
    case "/httpproxy": request.headers["gjgxjhpt_sid"].flatMap { services[$0]?.name } ?? "other"
    default: "other"
    }
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal(Code.badParameter, "请使用 POST", status: 405) }
      switch request.path {
      case "/sysapi/auth/refreshappsecret":
        let service = try check(
          request.headers, secrets: [Secret(text: appKey, end: Timestamp(milliseconds: .max))])
        guard service == refreshServiceID else { throw Refusal(Code.unknownService, "服务标识错误") }
        return try refresh()
      case "/httpproxy":
        let service = try check(request.headers, secrets: secrets.withLock { $0 })
        guard let dataSet = services[service] else { throw Refusal(Code.unknownService, "服务标识错误") }
        guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
        return try page(dataSet, request.body, distortion)
      default:
        throw Refusal(Code.badParameter, "地址不存在", status: 404)
      }
    } catch {
      return reply(error)
    }
  }

  func expireSecrets(all: Bool) {
    secrets.withLock { $0 = [] }
  }

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.secretExpired, "密钥已过期"))
    case .quota: reply(Refusal(Code.quota, "调用次数超限"))
    case .request: reply(Refusal(Code.badParameter, "参数错误"))
    }
  }

  /// The service the signed headers name.
  private func check(_ headers: HTTPFields, secrets: [Secret]) throws(Refusal) -> String {
    guard let caller = headers["gjgxjhpt_rid"], let service = headers["gjgxjhpt_sid"],
      let time = headers["gjgxjhpt_rtime"], let sign = headers["gjgxjhpt_sign"]
    else { throw Refusal(Code.badParameter, "缺少 gjgxjhpt 请求头") }
    guard caller == callerID else { throw Refusal(Code.unknownCaller, "请求者标识不存在") }
    guard let milliseconds = RequestText.number(time) else {
      throw Refusal(Code.badParameter, "gjgxjhpt_rtime 格式错误")
    }
    let now = now()
    guard
      abs(now.milliseconds(since: Timestamp(milliseconds: Int64(milliseconds)))) <= limits.clockSkew * 1000
    else {
      throw Refusal(Code.clockSkew, "请求时间超出允许范围")
    }
    guard !secrets.isEmpty else { throw Refusal(Code.secretExpired, "密钥不存在或已过期") }
    let message = Array((service + caller + time).utf8)
    let match = secrets.first {
      Base64.encode(HMAC.authenticate(.sha256, key: Array($0.text.utf8), message: message)) == sign
    }
    guard let match else { throw Refusal(Code.wrongSign, "签名错误") }
    guard match.end > now else { throw Refusal(Code.secretExpired, "密钥已过期") }
    return service
  }

  /// `secret` is AES-128-ECB under a key that a Java `SecureRandom("SHA1PRNG")` seeded with the app key would give:
  /// the first 16 bytes of SHA1(SHA1(appKey)).
  private func refresh() throws(Refusal) -> Reply {
    let secret = Secret(text: mint.next("secret"), end: now().advanced(bySeconds: lifetime))
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

  private func page(_ dataSet: DataSet, _ body: [UInt8], _ distortion: PageDistortion) throws(Refusal)
    -> Reply
  {
    let request: JSONValue
    do throws(DocumentError) {
      request = try JSONDocument(parsing: body).root
    } catch {
      throw Refusal(Code.badParameter, "请求体不是 JSON")
    }
    guard let number = request["pageNum"]?.scalarText.flatMap(RequestText.number),
      (1...1_000_000_000).contains(number),
      let size = request["pageSize"]?.scalarText.flatMap(RequestText.number), size >= 1
    else { throw Refusal(Code.badParameter, "pageNum 或 pageSize 缺失或错误") }
    guard size <= limits.pageSize else { throw Refusal(Code.badParameter, "每页最多 \(limits.pageSize) 条") }
    let from = try time(request, "startTime") ?? 0
    let to = try time(request, "endTime") ?? .max
    let selection = dataSet.timeline.selection(from: from, to: to, now: Int(now().milliseconds / 1000))
    let page = pager.page(
      dataSet, selection, offset: (number - 1) * size, limit: size, distortion: distortion)
    var buffer = PageBuffer(capacity: page.bytes.count + 256)
    buffer.ascii(#"{"code":"0","message":""#)
    buffer.string("成功")
    buffer.ascii(#"","data":{"total":"#)
    buffer.number(page.total)
    buffer.ascii(#","pages":"#)
    buffer.number((page.total + size - 1) / size)
    buffer.ascii(#","pageNum":"#)
    buffer.number(number)
    buffer.ascii(#","list":["#)
    buffer.append(page.bytes)
    buffer.ascii("]}}")
    return Reply(
      contentType: "application/json", body: buffer.bytes, code: Code.success.rawValue, isSuccess: true,
      rows: page.rows)
  }

  private func time(_ body: JSONValue, _ name: String) throws(Refusal) -> Int? {
    guard let text = body[name]?.string, !text.isEmpty else { return nil }
    guard let seconds = RequestText.time(text) else {
      throw Refusal(Code.badParameter, "\(name) 应为 yyyy-MM-dd HH:mm:ss")
    }
    return max(0, seconds)
  }

  private func reply(_ refusal: Refusal) -> Reply {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", refusal.code)
      writer.member("message", refusal.message)
      writer.member("data", JSONValue?.none)
    }
    return Reply(
      status: refusal.status, contentType: "application/json", body: writer.takeBytes(), code: refusal.code,
      isSuccess: false)
  }
}
