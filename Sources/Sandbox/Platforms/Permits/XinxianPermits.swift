import CivilTime
import Crypto
import HTTPService

/// 新县, by the 信阳市工程建设项目审批管理平台: messages of the published tables (SPGL_…) in XML, states by 办理状态 (BLZT). The caller signs
/// the body; his number goes beside it and is known to the platform.
///
/// The tables and BLZT are published; that they are pushed like this, paths, headers and codes are the sandbox's own
/// (docs/reference/sandbox.md).
struct XinxianPermits: PermitFace {
  let name = "xinxian-permits"
  let title = "信阳市工程建设项目审批管理平台"
  let area = "411523"
  let prefix = "XX"
  let decisions = "新许字"
  let gates: [String] = []
  let services: [(name: String, service: PermitService)] = [
    ("approval", .submit(.known)), ("promise", .submit(.known)), ("status", .status),
    ("supplement", .supplement), ("withdraw", .withdraw),
  ]
  private let accessID: String
  private let signKey: String
  private let clockSkew: Int
  private static let items = "SPGL_XMSPSXBLXXB"
  private static let names = PermitNames(
    receipt: "SPSXSLBM", state: "BLZT", time: "BLSJ", note: "BLYJ", decision: "PFWH")

  init(_ seed: UInt64, limits: PlatformLimits) {
    let mint = SecretMint(seed: seed, salt: "xinxian-permits")
    accessID = "xx-" + mint.fixed("accessId").prefix(8)
    signKey = mint.fixed("signKey")
    clockSkew = limits.clockSkew
  }

  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "accessId", value: accessID, isSecret: false),
      .init(name: "signKey", value: signKey, isSecret: true),
    ]
  }

  var noEntry: Refusal { Refusal(PermitWindow.Code.wrongSignature, "签名校验失败") }

  func operation(of request: HTTPServerRequest) -> String? {
    service(below: "/spgl/v1/", request)
  }

  func answerGate(_ request: HTTPServerRequest, at now: Timestamp) throws(Refusal) -> Reply? { nil }

  func read(
    _ request: HTTPServerRequest, _ service: PermitService, at now: Timestamp
  ) throws(Refusal) -> PermitCall {
    typealias Code = PermitWindow.Code
    let headers = request.headers
    guard let caller = headers["spgl-access"], let time = headers["spgl-time"],
      let sign = headers["spgl-sign"]
    else { throw Refusal(Code.badParameter, "缺少 spgl 请求头") }
    guard caller == accessID else { throw Refusal(Code.unknownCaller, "接入标识不存在") }
    guard let seconds = RequestText.time(time) else { throw Refusal(Code.badParameter, "spgl-time 格式错误") }
    guard abs(now.milliseconds / 1000 - Int64(seconds)) <= clockSkew else {
      throw Refusal(Code.clockSkew, "请求时间超出允许范围")
    }
    let (key, receipt) = (headers["spgl-key"] ?? "", headers["spgl-receipt"] ?? "")
    let signed = Array((caller + time + key + receipt).utf8) + request.body
    guard Hex.encode(HMAC.authenticate(.sm3, key: Array(signKey.utf8), message: signed)) == sign else {
      throw noEntry
    }
    var call = PermitCall(key: key, receipt: receipt)
    PermitFields.read(
      try PermitXML.root(of: request.body),
      PermitFields.FileNames(
        list: "SPGL_XMQTFJXXB", kind: "FJLX", name: "FJMC", size: "FJDX", sm3: "FJZY", content: "FJNR"),
      into: &call)
    call.item = call.fields[Self.items + ".SPSXBM"] ?? ""
    call.reason = call.fields[Self.items + ".BLYJ"] ?? ""
    return call
  }

  func needs(_ item: PermitWindow.Item) -> [String] {
    [
      "SPGL_XMJBXXB.XMMC", "SPGL_XMJBXXB.JSDD", "SPGL_XMJBXXB.JSDDXZQH", "SPGL_XMDWXXB.DWMC",
      "SPGL_XMDWXXB.DWTYSHXYDM", Self.items + ".SPSXBM", Self.items + ".SLFS",
    ]
  }

  func reply(_ permit: PermitCase, isRepeated: Bool, isFull: Bool) -> Reply {
    let data =
      PermitXML.elements(permit.members(Self.names, isFull: isFull))
      + PermitXML.element("CFBZ", isRepeated ? "1" : "0")
    return Self.message("0", "成功", "<DATA>\(data)</DATA>", status: 200)
  }

  func reply(_ refusal: Refusal) -> Reply {
    Self.message(refusal.code, refusal.message, "", status: refusal.status)
  }

  func expireSecrets(all: Bool) {}

  private static func message(_ code: String, _ message: String, _ data: String, status: Int) -> Reply {
    .xml(
      code, isSuccess: code == "0", status: status,
      "<ROOT>" + PermitXML.element("CODE", code) + PermitXML.element("MESSAGE", message) + data + "</ROOT>")
  }
}
