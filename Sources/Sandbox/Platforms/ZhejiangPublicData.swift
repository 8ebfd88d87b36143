import CivilTime
import Crypto
import Documents
import HTTPService
import Synchronization

/// 浙江 公共数据平台: two secrets that expire, requests signed with MD5 in the query, rows in `datas`.
///
/// The paths, the signature, the two refreshes and the reply are the platform's; the codes other than "00" and the
/// names of the services are the sandbox's own (docs/reference/sandbox.md).
final class ZhejiangPublicData: PlatformCore {
  enum Code: String, CaseIterable {
    case success = "00"
    case secretExpired = "-1"
    case wrongSign = "-2"
    case clockSkew = "-3"
    case unknownApp = "-4"
    case quota = "-5"
    case badParameter = "-6"
    case pageTooLarge = "-7"
    case unknownService = "-8"
    case wrongMethod = "-9"
    case repeatedObjection = "-10"
    case badObjection = "-11"
  }

  private struct Secret {
    let text: String
    let end: Timestamp
  }

  private struct Secrets {
    var refresh: Secret?
    /// The newest and the one before it, which calls under way may still carry.
    var requests: [Secret] = []
  }

  let name = "zhejiang-public-data"
  let title = "公共数据平台(浙江)"
  let appKey: String
  let appSecret: String
  let objections = DataObjections()
  private let lifetimes: SecretLifetimes
  private let limits: PlatformLimits
  private let quota: QuotaMeter
  let mint: SecretMint
  let services: [String: DataSet]
  private let lookups: [String: LookupService]
  private let pager: Pager
  let now: @Sendable () -> Timestamp
  private let secrets = Mutex(Secrets())

  init(
    _ population: Population, limits: PlatformLimits, lifetimes: SecretLifetimes, pager: Pager,
    now: @escaping @Sendable () -> Timestamp
  ) {
    mint = SecretMint(seed: population.seed, salt: "zhejiang-public-data")
    appKey = mint.fixed("appKey")
    appSecret = mint.fixed("appSecret")
    self.limits = limits
    self.lifetimes = lifetimes
    self.pager = pager
    self.now = now
    quota = QuotaMeter(limits)
    let sets = [
      PublicDataRows.businessLicence(population), PublicDataRows.identityCard(population),
      PublicDataRows.propertyDeed(population),
    ]
    services = Dictionary(uniqueKeysWithValues: sets.map { ($0.name, $0) })
    lookups = Dictionary(uniqueKeysWithValues: PublicDataRows.lookups(population).map { ($0.name, $0) })
  }

  let operations = [
    "refreshTokenByKey", "refreshTokenBySec", "businessLicence", "identityCard", "propertyDeed",
    "businessLicenceQuery", "identityCardQuery", "propertyDeedQuery", "propertyUnitQuery", "dataObjection",
  ]

  func operation(of request: HTTPServerRequest) -> String {
    switch request.path {
    case "/gateway/app/refreshTokenByKey.htm": "refreshTokenByKey"
    case "/gateway/app/refreshTokenBySec.htm": "refreshTokenBySec"
    case let path where isObjection(path): "dataObjection"
    default: service(in: request.path).flatMap { services[$0]?.name ?? lookups[$0]?.name } ?? "other"
    }
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      guard request.method == "POST" || request.method == "GET" else {
        throw Refusal(Code.wrongMethod, "请求方法不支持", status: 405)
      }
      guard let parameters = RequestParameters(request) else { throw Refusal(Code.badParameter, "参数编码错误") }
      switch request.path {
      case "/gateway/app/refreshTokenByKey.htm":
        try check(parameters, secrets: [Secret(text: appSecret, end: Timestamp(milliseconds: .max))])
        return refreshByKey()
      case "/gateway/app/refreshTokenBySec.htm":
        try check(parameters, secrets: secrets.withLock { $0.refresh.map { [$0] } ?? [] })
        return refreshBySecret()
      case let path where isObjection(path):
        try check(parameters, secrets: secrets.withLock { $0.requests })
        guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
        return try objection(request.body, answersAsRepeated: distortion.answersAsRepeated)
      default:
        let name = service(in: request.path) ?? ""
        let (dataSet, lookup) = (services[name], lookups[name])
        guard dataSet != nil || lookup != nil else {
          throw Refusal(Code.unknownService, "服务不存在", status: 404)
        }
        try check(parameters, secrets: secrets.withLock { $0.requests })
        guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
        if let lookup { return try find(lookup, parameters, distortion) }
        guard let dataSet else { preconditionFailure("one of both") }
        return try page(dataSet, parameters, distortion)
      }
    } catch {
      return reply(error)
    }
  }

  func hasEffect(_ operation: String) -> Bool { operation == "dataObjection" }

  func expireSecrets(all: Bool) {
    secrets.withLock { $0 = Secrets(refresh: all ? nil : $0.refresh) }
  }

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.secretExpired, "密钥已过期"))
    case .quota: reply(Refusal(Code.quota, "调用次数超限"))
    case .request: reply(Refusal(Code.badParameter, "参数错误"))
    }
  }

  /// `/gateway/api/<organisation>/dataSharing/<id>.htm`
  private func service(in path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].isEmpty, parts[1] == "gateway", parts[2] == "api", !parts[3].isEmpty,
      parts[4] == "dataSharing", parts[5].hasSuffix(".htm")
    else { return nil }
    return String(parts[5].dropLast(4))
  }

  /// App, clock and signature; `secrets` are those the signature may be made with.
  private func check(_ parameters: RequestParameters, secrets: [Secret]) throws(Refusal) {
    guard let app = parameters["appKey"], let time = parameters["requestTime"], let sign = parameters["sign"]
    else {
      throw Refusal(Code.badParameter, "缺少参数 appKey、requestTime 或 sign")
    }
    guard app == appKey else { throw Refusal(Code.unknownApp, "应用不存在") }
    guard let milliseconds = RequestText.number(time) else {
      throw Refusal(Code.badParameter, "requestTime 格式错误")
    }
    let now = now()
    guard
      abs(now.milliseconds(since: Timestamp(milliseconds: Int64(milliseconds)))) <= limits.clockSkew * 1000
    else {
      throw Refusal(Code.clockSkew, "请求时间超出允许范围")
    }
    guard !secrets.isEmpty else { throw Refusal(Code.secretExpired, "密钥不存在或已过期") }
    let match = secrets.first { Hex.encode(Digest.md5.hash(app + $0.text + time)) == sign }
    guard let match else { throw Refusal(Code.wrongSign, "签名错误") }
    guard match.end > now else { throw Refusal(Code.secretExpired, "密钥已过期") }
  }

  private func refreshByKey() -> Reply {
    let now = now()
    let secret = Secret(text: mint.next("refresh"), end: now.advanced(bySeconds: lifetimes.refresh))
    return issue(refresh: secret, at: now)
  }

  /// The refresh secret stays as it is; a new request secret is given out.
  private func refreshBySecret() -> Reply {
    let now = now()
    let current = secrets.withLock { $0.refresh }
    return issue(refresh: current ?? Secret(text: "", end: now), at: now)
  }

  private func issue(refresh: Secret, at now: Timestamp) -> Reply {
    let request = Secret(text: mint.next("request"), end: now.advanced(bySeconds: lifetimes.request))
    secrets.withLock { secrets in
      secrets.refresh = refresh
      secrets.requests = [request] + secrets.requests.prefix(1)
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", Code.success.rawValue)
      writer.member("msg", "成功")
      writer.member("data", "")
      writer.member("datas") { writer in
        writer.object { writer in
          writer.member("refreshSecret", refresh.text)
          writer.member("refreshSecretEndTime", refresh.end.milliseconds)
          writer.member("requestSecret", request.text)
          writer.member("requestSecretEndTime", request.end.milliseconds)
        }
      }
      writer.member("dataCount", 1)
      writer.member("requestId", mint.next("requestId"))
    }
    return Reply(
      contentType: ZhejiangPublicData.json, body: writer.takeBytes(), code: Code.success.rawValue,
      isSuccess: true)
  }

  private func page(
    _ dataSet: DataSet, _ parameters: RequestParameters, _ distortion: PageDistortion
  ) throws(Refusal) -> Reply {
    guard let number = parameters["pageNo"].flatMap(RequestText.number), number >= 1,
      let size = parameters["pageSize"].flatMap(RequestText.number), size >= 1
    else { throw Refusal(Code.badParameter, "pageNo 或 pageSize 缺失或错误") }
    guard size <= limits.pageSize, number <= 1_000_000_000 else {
      throw Refusal(Code.pageTooLarge, "每页最多 \(limits.pageSize) 条")
    }
    let from = try time(parameters, "from") ?? 0
    let to = try time(parameters, "to") ?? .max
    let selection = dataSet.timeline.selection(from: from, to: to, now: Int(now().milliseconds / 1000))
    let page = pager.page(
      dataSet, selection, offset: (number - 1) * size, limit: size, distortion: distortion)
    return reply(page, pages: (page.total + size - 1) / size)
  }

  /// What there is of one holder, or of one number.
  private func find(
    _ lookup: LookupService, _ parameters: RequestParameters, _ distortion: PageDistortion
  ) throws(Refusal) -> Reply {
    guard let text = parameters[lookup.parameter] else {
      throw Refusal(Code.badParameter, "缺少参数 \(lookup.parameter)")
    }
    return reply(lookup.find(text, now: Int(now().milliseconds / 1000), distortion), pages: 1)
  }

  private func reply(_ page: Pager.Page, pages: Int) -> Reply {
    var buffer = PageBuffer(capacity: page.bytes.count + 256)
    buffer.ascii(#"{"code":"00","msg":""#)
    buffer.string("成功")
    buffer.ascii(#"","data":"","datas":["#)
    buffer.append(page.bytes)
    buffer.ascii(#"],"dataCount":"#)
    buffer.number(page.rows)
    buffer.ascii(#","totalDataCount":"#)
    buffer.number(page.total)
    buffer.ascii(#","totalPage":"#)
    buffer.number(pages)
    buffer.ascii(#","requestId":""#)
    buffer.string(mint.next("requestId"))
    buffer.ascii(#""}"#)
    return Reply(
      contentType: ZhejiangPublicData.json, body: buffer.bytes, code: Code.success.rawValue, isSuccess: true,
      rows: page.rows)
  }

  private func time(_ parameters: RequestParameters, _ name: String) throws(Refusal) -> Int? {
    guard let text = parameters[name] else { return nil }
    guard let seconds = RequestText.time(text) else {
      throw Refusal(Code.badParameter, "\(name) 应为 yyyy-MM-dd HH:mm:ss")
    }
    return max(0, seconds)
  }

  private func reply(_ refusal: Refusal) -> Reply {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", refusal.code)
      writer.member("msg", refusal.message)
      writer.member("data", "")
      writer.member("datas", "")
      writer.member("dataCount", 0)
      writer.member("requestId", mint.next("requestId"))
    }
    return Reply(
      status: refusal.status, contentType: ZhejiangPublicData.json, body: writer.takeBytes(),
      code: refusal.code,
      isSuccess: false)
  }

  static let json = "application/json;charset=UTF-8"
}

/// How long secrets last, in seconds.
public struct SecretLifetimes: Sendable {
  /// 15 minutes at the platforms that say so.
  public var request = 15 * 60
  /// 48 hours.
  public var refresh = 48 * 3600

  public init() {}
}
