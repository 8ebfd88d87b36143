import CivilTime
import Documents
import HTTPService

/// 重庆: behind a gateway with bearer tokens. Road and green items are accepted together and decided in parallel
/// (渝电综〔2019〕45号); here each is a case of its own.
///
/// The token and the envelope are known of one user centre; of the window nothing is published, and paths, fields and codes
/// are the sandbox's own (docs/reference/sandbox.md).
struct ChongqingPermits: PermitFace {
  let name = "chongqing-permits"
  let title = "重庆市政务服务平台 涉电审批"
  let area = "500000"
  let prefix = "CQ"
  let decisions = "渝许字"
  let gates = ["token"]
  let services: [(name: String, service: PermitService)] = [
    ("route", .submit(.known)), ("road", .submit(.queryable)), ("green", .submit(.neither)),
    ("status", .status), ("supplement", .supplement), ("withdraw", .withdraw),
  ]
  private let gate: BearerGate
  private static let names = PermitNames(
    receipt: "acceptNo", key: "serialNo", state: "state", time: "stateTime", note: "opinion",
    decision: "documentNo")

  init(_ seed: UInt64, lifetimes: SecretLifetimes) {
    gate = BearerGate(SecretMint(seed: seed, salt: "chongqing-permits"), lifetime: lifetimes.request)
  }

  var settings: [SandboxConnection.Setting] { gate.settings }
  var noEntry: Refusal { gate.noEntry }

  func operation(of request: HTTPServerRequest) -> String? {
    request.path == BearerGate.path ? "token" : service(below: "/permit/", request)
  }

  func answerGate(_ request: HTTPServerRequest, at now: Timestamp) throws(Refusal) -> Reply? {
    request.path == BearerGate.path ? try gate.token(request.body, at: now) : nil
  }

  func read(
    _ request: HTTPServerRequest, _ service: PermitService, at now: Timestamp
  ) throws(Refusal) -> PermitCall {
    try gate.check(request.headers, at: now)
    let root = try PermitJSON.root(of: request.body)
    guard root["requestId"]?.string?.isEmpty == false, let data = root["data"], data.isObject else {
      throw Refusal(PermitWindow.Code.badParameter, "requestId 或 data 缺失")
    }
    var call = PermitCall(
      key: data["serialNo"]?.string ?? "", receipt: data["acceptNo"]?.string ?? "",
      reason: data["reason"]?.string ?? "")
    if let form = data["form"] {
      PermitFields.read(
        form,
        PermitFields.FileNames(
          list: "materials", kind: "code", name: "fileName", size: "fileSize", sm3: "digest",
          content: "content"), into: &call)
      call.item = call.fields["itemCode"] ?? ""
      call.reason = call.fields["reason"] ?? call.reason
    }
    return call
  }

  func needs(_ item: PermitWindow.Item) -> [String] {
    [
      "itemCode", "projectName", "applicant.name", "applicant.certType", "applicant.certNo", "address",
      "areaCode",
    ]
  }

  func reply(_ permit: PermitCase, isRepeated: Bool, isFull: Bool) -> Reply {
    .json("200", isSuccess: true) { writer in
      writer.member("success", true)
      writer.member("status", "200")
      writer.member("message", "ok")
      writer.member("data") { writer in
        writer.object { writer in
          for (name, text) in permit.members(Self.names, isFull: isFull) { writer.member(name, text) }
          writer.member("repeated", isRepeated)
        }
      }
    }
  }

  func reply(_ refusal: Refusal) -> Reply {
    .json(refusal.code, isSuccess: false, status: refusal.status) { writer in
      writer.member("success", false)
      writer.member("status", refusal.code)
      writer.member("message", refusal.message)
      writer.member("data", JSONValue?.none)
    }
  }

  func expireSecrets(all: Bool) { gate.expireTokens() }
}
