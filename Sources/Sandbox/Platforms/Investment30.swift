import CivilTime
import Crypto
import Documents
import HTTPService

/// 投资项目在线审批监管平台 3.0: projects and approvals by update time, behind an x-tif gateway.
///
/// The fields are the platform's and the x-tif signature is the gateways'; that the one stands behind the other, the
/// paths, the paging and the codes are the sandbox's own (docs/reference/sandbox.md).
final class Investment30: PlatformCore {
  enum Code: String, CaseIterable {
    case success = "0"
    case wrongSignature = "1001"
    case clockSkew = "1002"
    case replayedNonce = "1003"
    case unknownCaller = "1004"
    case quota = "1005"
    case badParameter = "1006"
    case pageTooLarge = "1007"
    case unknownService = "1008"
    case wrongMethod = "1009"
    case auditMissing = "1010"
  }

  let name = "investment-3"
  let title = "投资项目在线审批监管平台 3.0"
  let check: TifCheck
  let operations = ["projects", "approvals"]
  private let limits: PlatformLimits
  private let quota: QuotaMeter
  let mint: SecretMint
  let services: [String: DataSet]
  private let pager: Pager
  private let now: @Sendable () -> Timestamp

  init(
    _ population: Population, limits: PlatformLimits, pager: Pager, now: @escaping @Sendable () -> Timestamp
  ) {
    mint = SecretMint(seed: population.seed, salt: "investment-3")
    check = TifCheck(mint, limits: limits)
    self.limits = limits
    self.pager = pager
    self.now = now
    quota = QuotaMeter(limits)
    services = [
      "/investment/v3/projects": InvestmentRows.projects(population),
      "/investment/v3/approvals": InvestmentRows.approvals(population),
    ]
  }

  func operation(of request: HTTPServerRequest) -> String {
    services[request.path]?.name ?? "other"
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      guard let dataSet = services[request.path] else {
        throw Refusal(Code.unknownService, "接口不存在", status: 404)
      }
      guard request.method == "POST" else { throw Refusal(Code.wrongMethod, "请使用 POST", status: 405) }
      try checkCaller(request.headers)
      guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
      let body: JSONValue
      do throws(DocumentError) {
        body = try JSONDocument(parsing: request.body).root
      } catch {
        throw Refusal(Code.badParameter, "请求体不是 JSON")
      }
      try checkAudit(body["audit_info"])
      return try page(dataSet, try Query(body, limits: limits, seal: seal), distortion)
    } catch {
      return reply(error)
    }
  }

  /// Nothing to forget: the token of an x-tif gateway does not expire.
  func expireSecrets(all: Bool) {}

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.wrongSignature, "签名校验失败"))
    case .quota: reply(Refusal(Code.quota, "调用次数超限"))
    case .request: reply(Refusal(Code.badParameter, "参数错误"))
    }
  }

  private func checkCaller(_ headers: HTTPFields) throws(Refusal) {
    guard let problem = check.problem(headers, at: now()) else { return }
    let code: Code =
      switch problem {
      case .missingHeader, .malformedHeader: .badParameter
      case .unknownCaller: .unknownCaller
      case .clockSkew: .clockSkew
      case .wrongSignature: .wrongSignature
      case .replayedNonce: .replayedNonce
      }
    throw Refusal(code, problem.message)
  }

  /// Who asks, and for which matter: without it nothing is shown.
  private func checkAudit(_ audit: JSONValue?) throws(Refusal) {
    for name in ["operator_id", "operator_name", "item_code", "query_timestamp"] {
      guard let text = audit?[name]?.scalarText, !text.isEmpty else {
        throw Refusal(Code.auditMissing, "audit_info.\(name) 缺失")
      }
    }
  }

  private func page(
    _ dataSet: DataSet, _ query: Query, _ distortion: PageDistortion
  ) throws(Refusal) -> Reply {
    let seconds = Int(now().milliseconds / 1000)
    let selection = dataSet.timeline.selection(from: query.from, to: query.to, now: seconds)
    let offset = query.offset(in: selection)
    let page = pager.page(dataSet, selection, offset: offset, limit: query.limit, distortion: distortion)
    let hasMore = !distortion.isEmptied && offset + page.rows < page.total
    var buffer = PageBuffer(capacity: page.bytes.count + 320)
    buffer.ascii(#"{"code":"0","message":"ok","requestId":""#)
    buffer.string(mint.next("requestId"))
    buffer.ascii(#"","data":{"rows":["#)
    buffer.append(page.bytes)
    buffer.ascii(#"],"total":"#)
    buffer.number(page.total)
    buffer.ascii(#","hasMore":"#)
    buffer.ascii(hasMore ? "true" : "false")
    buffer.ascii(#","nextCursor":"#)
    if hasMore {
      buffer.ascii("\"")
      buffer.string(query.cursor(at: selection.place(offset: offset + page.rows), seal: seal))
      buffer.ascii("\"}}")
    } else {
      buffer.ascii("null}}")
    }
    return Reply(
      contentType: "application/json", body: buffer.bytes, code: Code.success.rawValue, isSuccess: true,
      rows: page.rows)
  }

  private func reply(_ refusal: Refusal) -> Reply {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", refusal.code)
      writer.member("message", refusal.message)
      writer.member("requestId", mint.next("requestId"))
      writer.member("data", JSONValue?.none)
    }
    return Reply(
      status: refusal.status, contentType: "application/json", body: writer.takeBytes(), code: refusal.code,
      isSuccess: false)
  }

  /// Keeps cursors from being made up.
  private func seal(_ text: String) -> String {
    String(mint.fixed("cursor/" + text).prefix(12))
  }
}

extension Investment30 {
  /// The window and the place in it that a request asks for.
  struct Query {
    let from: Int
    let to: Int
    let limit: Int
    private let start: Start

    private enum Start {
      case offset(Int)
      case place(second: Int, passed: Int)
    }

    init(_ body: JSONValue, limits: PlatformLimits, seal: (String) -> String) throws(Refusal) {
      guard let limit = body["limit"]?.scalarText.flatMap(RequestText.number), limit >= 1 else {
        throw Refusal(Code.badParameter, "limit 缺失或错误")
      }
      guard limit <= limits.pageSize else { throw Refusal(Code.pageTooLarge, "每页最多 \(limits.pageSize) 条") }
      self.limit = limit
      let from = try Query.time(body, "updateTimeStart")
      let to = try Query.time(body, "updateTimeEnd")
      if let cursor = body["cursor"]?.string, !cursor.isEmpty {
        let parts = cursor.split(separator: "-").map(String.init)
        let numbers = parts.prefix(4).compactMap(RequestText.number)
        guard parts.count == 5, numbers.count == 4, seal(parts[0..<4].joined(separator: "-")) == parts[4],
          from == nil || from == numbers[0], to == nil || to == numbers[1]
        else { throw Refusal(Code.badParameter, "cursor 无效") }
        self.from = numbers[0]
        self.to = numbers[1]
        start = .place(second: numbers[2], passed: numbers[3])
      } else {
        self.from = from ?? 0
        self.to = to ?? Query.endOfTime
        guard let offset = (body["offset"]?.scalarText).map(RequestText.number) ?? 0 else {
          throw Refusal(Code.badParameter, "offset 错误")
        }
        start = .offset(offset)
      }
    }

    /// 9999-12-31: an open end.
    private static let endOfTime = 253_402_185_600

    func offset(in selection: Timeline.Selection) -> Int {
      switch start {
      case .offset(let offset): offset
      case .place(let second, let passed): selection.offset(second: second, passed: passed)
      }
    }

    func cursor(at place: (second: Int, passed: Int), seal: (String) -> String) -> String {
      let text = "\(from)-\(to)-\(place.second)-\(place.passed)"
      return text + "-" + seal(text)
    }

    private static func time(_ body: JSONValue, _ name: String) throws(Refusal) -> Int? {
      guard let text = body[name]?.string, !text.isEmpty else { return nil }
      guard let seconds = RequestText.time(text) else {
        throw Refusal(Code.badParameter, "\(name) 应为 yyyy-MM-dd HH:mm:ss")
      }
      return max(0, seconds)
    }
  }
}
