import CivilTime
import Crypto
import Documents
import HTTPService

/// A permit window of the Hangzhou region (涉电行政审批): takes applications, tells what became of them.
///
/// Nothing is published of the real one. The x-tif signature is the gateways'; paths, fields, codes, and which item knows a caller's key
/// are the sandbox's own (docs/reference/sandbox.md), so that each kind of platform can be met.
final class PermitWindow: PlatformCore, PermitHolder {
  enum Code: String, CaseIterable {
    case success = "0"
    case wrongSignature = "1001"
    case clockSkew = "1002"
    case replayedNonce = "1003"
    case unknownCaller = "1004"
    case quota = "1005"
    case badParameter = "1006"
    case unknownService = "1008"
    case wrongMethod = "1009"
    case missingField = "2001"
    case malformedField = "2002"
    case usedKey = "2003"
    case notFound = "2004"
    case repeated = "2005"
    case wrongState = "2006"
    case notQueryable = "2007"
  }

  /// An item, and what the window does with an application that comes twice.
  enum Item: String, CaseIterable {
    /// The key is known: the first receipt again.
    case routePlanning = "route-planning"
    /// Each submission is a case of its own, which can be asked for by the key.
    case roadOccupation = "road-occupation"
    case roadDigging = "road-digging"
    /// Each submission is a case of its own, which nobody can ask for.
    case greening

    var knowsKeys: Bool { self == .routePlanning }
    var isQueryable: Bool { self != .greening }

    /// 事项编码
    var code: String { code(in: "330100") }

    func code(in area: String) -> String {
      switch self {
      case .routePlanning: "\(area)-GH-01"
      case .roadOccupation: "\(area)-SZ-01"
      case .roadDigging: "\(area)-SZ-02"
      case .greening: "\(area)-YL-01"
      }
    }
  }

  let name = "hangzhou-permits"
  let title = "杭州市涉电行政审批窗口"
  let cases = PermitCases(prefix: "HZ", decisions: "杭许字")
  var words: Set<String> { Set(PermitCase.State.allCases.map(\.code)) }
  let check: TifCheck
  let operations = Item.allCases.map(\.rawValue) + ["status", "supplement", "withdraw"]
  private let quota: QuotaMeter
  private let mint: SecretMint
  private let now: @Sendable () -> Timestamp

  init(_ seed: UInt64, limits: PlatformLimits, now: @escaping @Sendable () -> Timestamp) {
    mint = SecretMint(seed: seed, salt: "hangzhou-permits")
    check = TifCheck(mint, limits: limits)
    quota = QuotaMeter(limits)
    self.now = now
  }

  func operation(of request: HTTPServerRequest) -> String {
    let prefix = "/permit/v1/"
    guard request.path.hasPrefix(prefix) else { return "other" }
    let name = String(request.path.dropFirst(prefix.count))
    return operations.contains(name) ? name : "other"
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      let operation = operation(of: request)
      guard operation != "other" else { throw Refusal(Code.unknownService, "接口不存在", status: 404) }
      guard request.method == "POST" else { throw Refusal(Code.wrongMethod, "请使用 POST", status: 405) }
      if let problem = check.problem(request.headers, at: now()) {
        throw Refusal(Self.code(problem), problem.message)
      }
      guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
      let document: JSONDocument
      do throws(DocumentError) {
        document = try JSONDocument(parsing: request.body)
      } catch {
        throw Refusal(Code.badParameter, "请求体不是 JSON")
      }
      switch operation {
      case "status": return try status(document.root)
      case "supplement": return try supplement(document.root)
      case "withdraw": return try withdraw(document.root)
      default:
        guard let item = Item(rawValue: operation) else { preconditionFailure("an item is an operation") }
        return try submit(document.root, item, answersAsRepeated: distortion.answersAsRepeated)
      }
    } catch {
      return reply(error)
    }
  }

  func hasEffect(_ operation: String) -> Bool { operation != "status" }

  /// Nothing to forget: the token of an x-tif gateway does not expire.
  func expireSecrets(all: Bool) {}

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.wrongSignature, "签名校验失败"))
    case .quota: reply(Refusal(Code.quota, "调用次数超限"))
    case .request: reply(Refusal(Code.malformedField, "申请内容不符合要求"))
    }
  }

  private func submit(
    _ body: JSONValue, _ item: Item, answersAsRepeated: Bool
  ) throws(Refusal) -> Reply {
    guard let application = body["application"], application.isObject else {
      throw Refusal(Code.badParameter, "application 缺失")
    }
    let key = body["businessKey"]?.string ?? ""
    // Who cannot be asked about it has no use for a key.
    guard !key.isEmpty || !item.isQueryable else { throw Refusal(Code.badParameter, "businessKey 缺失") }
    guard key.utf8.count <= 64 else { throw Refusal(Code.badParameter, "businessKey 过长") }
    try PermitApplicationCheck(application).check(item)
    let submission = cases.submit(
      key: key, item: item.rawValue, digest: Digest.sm3.hash(application.writtenBytes),
      knowsKeys: item.knowsKeys, at: now())
    switch submission {
    case .added(let new): return acknowledge(new, isRepeated: answersAsRepeated)
    case .repeated(let first): return acknowledge(first, isRepeated: true)
    case .contradicted: throw Refusal(Code.usedKey, "businessKey 已用于其他申请")
    }
  }

  private func status(_ body: JSONValue) throws(Refusal) -> Reply {
    let found = try find(body)
    guard Item(rawValue: found.item)?.isQueryable == true else {
      throw Refusal(Code.notQueryable, "该事项不支持查询")
    }
    return success { $0.write(found) }
  }

  private func supplement(_ body: JSONValue) throws(Refusal) -> Reply {
    let receipt = try find(body).receipt
    guard let message = body["supplement"], message.isObject else {
      throw Refusal(Code.badParameter, "supplement 缺失")
    }
    try PermitApplicationCheck(message).checkFiles(isRequired: true)
    guard let permit = cases.supplement(receipt, at: now()) else {
      throw Refusal(Code.wrongState, "该申请未处于补正状态")
    }
    return acknowledge(permit, isRepeated: false)
  }

  private func withdraw(_ body: JSONValue) throws(Refusal) -> Reply {
    let found = try find(body)
    guard let reason = body["withdrawal"]?["yy"]?.string, !reason.isEmpty else {
      throw Refusal(Code.missingField, "缺少 yy")
    }
    switch cases.withdraw(found.receipt, at: now()) {
    case .withdrawn(let permit): return acknowledge(permit, isRepeated: false)
    // The same again is told with the first's receipt, as a refusal.
    case .repeated(let permit): return repeated(permit)
    case .decided: throw Refusal(Code.wrongState, "该申请已办结")
    }
  }

  /// By our number or the caller's.
  private func find(_ body: JSONValue) throws(Refusal) -> PermitCase {
    let receipt = body["receiptNo"]?.string ?? ""
    let key = body["businessKey"]?.string ?? ""
    guard !receipt.isEmpty || !key.isEmpty else {
      throw Refusal(Code.badParameter, "receiptNo 与 businessKey 不能同时为空")
    }
    let found = receipt.isEmpty ? cases.find(key: key) : cases.find(receipt: receipt)
    guard let found else { throw Refusal(Code.notFound, "查无此件") }
    return found
  }

  private static func code(_ problem: TifCheck.Problem) -> Code {
    switch problem {
    case .missingHeader, .malformedHeader: .badParameter
    case .unknownCaller: .unknownCaller
    case .clockSkew: .clockSkew
    case .wrongSignature: .wrongSignature
    case .replayedNonce: .replayedNonce
    }
  }

  private func acknowledge(_ permit: PermitCase, isRepeated: Bool) -> Reply {
    success { writer in
      writer.member("receiptNo", permit.receipt)
      writer.member("state", permit.state.code)
      writer.member("receivedTime", RequestText.dateTime(permit.received))
      writer.member("repeated", isRepeated)
    }
  }

  private func success(_ data: (inout JSONWriter) -> Void) -> Reply {
    .json(Code.success.rawValue, isSuccess: true) { writer in
      writer.member("code", Code.success.rawValue)
      writer.member("message", "ok")
      writer.member("requestId", mint.next("requestId"))
      writer.member("data") { $0.object(data) }
    }
  }

  private func repeated(_ permit: PermitCase) -> Reply {
    reply(Refusal(Code.repeated, "重复提交")) { writer in
      writer.member("data") { writer in writer.object { $0.member("receiptNo", permit.receipt) } }
    }
  }

  private func reply(_ refusal: Refusal, _ data: ((inout JSONWriter) -> Void)? = nil) -> Reply {
    .json(refusal.code, isSuccess: false, status: refusal.status) { writer in
      writer.member("code", refusal.code)
      writer.member("message", refusal.message)
      writer.member("requestId", mint.next("requestId"))
      if let data { data(&writer) } else { writer.member("data", JSONValue?.none) }
    }
  }
}

extension JSONWriter {
  /// The members of a case as the window tells them.
  fileprivate mutating func write(_ permit: PermitCase) {
    member("receiptNo", permit.receipt)
    member("businessKey", permit.key)
    member("itemCode", PermitWindow.Item(rawValue: permit.item)?.code)
    member("state", permit.state.code)
    member("stateName", permit.state.title)
    member("receivedTime", RequestText.dateTime(permit.received))
    member("changedTime", RequestText.dateTime(permit.changed))
    memberIfPresent("opinion", permit.note)
    memberIfPresent("decisionNo", permit.decision)
  }
}
