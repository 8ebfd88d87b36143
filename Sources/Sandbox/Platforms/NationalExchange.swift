import CivilTime
import Documents
import HTTPService

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

  let name = "national-exchange"
  let title = "国家数据共享交换平台"
  let gate: ExchangeGate
  let contractorLicenceServiceID: String
  let designLicenceServiceID: String
  let proofServiceID: String
  let contractorQueryServiceID: String
  let designQueryServiceID: String
  let operations = [
    "refreshappsecret", "contractorLicences", "designLicences", "proofs", "contractorLicenceQuery",
    "designLicenceQuery",
  ]
  private let limits: PlatformLimits
  private let quota: QuotaMeter
  private let services: [String: DataSet]
  private let lookups: [String: LookupService]
  private let pager: Pager
  private let now: @Sendable () -> Timestamp

  init(
    _ population: Population, limits: PlatformLimits, lifetimes: SecretLifetimes, pager: Pager,
    now: @escaping @Sendable () -> Timestamp
  ) {
    let mint = SecretMint(seed: population.seed, salt: "national-exchange")
    gate = ExchangeGate(mint, limits: limits, lifetime: lifetimes.request)
    contractorLicenceServiceID = "s_licence_" + mint.fixed("sid/licence").prefix(8)
    designLicenceServiceID = "s_design_" + mint.fixed("sid/design").prefix(8)
    proofServiceID = "s_proof_" + mint.fixed("sid/proof").prefix(8)
    contractorQueryServiceID = "s_query_" + mint.fixed("sid/query").prefix(8)
    designQueryServiceID = "s_designers_" + mint.fixed("sid/designers").prefix(8)
    self.limits = limits
    self.pager = pager
    self.now = now
    quota = QuotaMeter(limits)
    services = [
      contractorLicenceServiceID: NationalRows.contractorLicences(population),
      designLicenceServiceID: NationalRows.designLicences(population),
      proofServiceID: NationalRows.proofs(population),
    ]
    let ids = [
      "contractorLicenceQuery": contractorQueryServiceID, "designLicenceQuery": designQueryServiceID,
    ]
    lookups = Dictionary(
      uniqueKeysWithValues: NationalRows.lookups(population).compactMap { lookup in
        ids[lookup.name].map { ($0, lookup) }
      })
  }

  func operation(of request: HTTPServerRequest) -> String {
    switch request.path {
    case ExchangeGate.path: "refreshappsecret"
    case "/httpproxy":
      request.headers["gjgxjhpt_sid"].flatMap { services[$0]?.name ?? lookups[$0]?.name } ?? "other"
    default: "other"
    }
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal(Code.badParameter, "请使用 POST", status: 405) }
      switch request.path {
      case ExchangeGate.path: return try gate.refresh(request.headers, at: now())
      case "/httpproxy":
        let service = try gate.service(gate.names(in: request.headers), at: now())
        let (dataSet, lookup) = (services[service], lookups[service])
        guard dataSet != nil || lookup != nil else { throw Refusal(Code.unknownService, "服务标识错误") }
        guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
        if let lookup { return try find(lookup, request.body, distortion) }
        guard let dataSet else { preconditionFailure("one of both") }
        return try page(dataSet, request.body, distortion)
      default:
        throw Refusal(Code.badParameter, "地址不存在", status: 404)
      }
    } catch {
      return reply(error)
    }
  }

  func expireSecrets(all: Bool) { gate.expireSecrets() }

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.secretExpired, "密钥已过期"))
    case .quota: reply(Refusal(Code.quota, "调用次数超限"))
    case .request: reply(Refusal(Code.badParameter, "参数错误"))
    }
  }

  private func page(_ dataSet: DataSet, _ body: [UInt8], _ distortion: PageDistortion) throws(Refusal)
    -> Reply
  {
    let request = try read(body)
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
    return reply(page, number: number, pages: (page.total + size - 1) / size)
  }

  /// What there is of one holder. Who asks and what for must be said.
  private func find(
    _ lookup: LookupService, _ body: [UInt8], _ distortion: PageDistortion
  ) throws(Refusal) -> Reply {
    let request = try read(body)
    guard let text = request[lookup.parameter]?.string, !text.isEmpty else {
      throw Refusal(Code.badParameter, "缺少参数 \(lookup.parameter)")
    }
    guard request["audit_info"]?["operator_name"]?.string?.isEmpty == false,
      request["audit_info"]?["item_code"]?.string?.isEmpty == false
    else { throw Refusal(Code.badParameter, "缺少 audit_info") }
    return reply(lookup.find(text, now: Int(now().milliseconds / 1000), distortion), number: 1, pages: 1)
  }

  private func read(_ body: [UInt8]) throws(Refusal) -> JSONValue {
    do throws(DocumentError) {
      return try JSONDocument(parsing: body).root
    } catch {
      throw Refusal(Code.badParameter, "请求体不是 JSON")
    }
  }

  private func reply(_ page: Pager.Page, number: Int, pages: Int) -> Reply {
    var buffer = PageBuffer(capacity: page.bytes.count + 256)
    buffer.ascii(#"{"code":"0","message":""#)
    buffer.string("成功")
    buffer.ascii(#"","data":{"total":"#)
    buffer.number(page.total)
    buffer.ascii(#","pages":"#)
    buffer.number(pages)
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
