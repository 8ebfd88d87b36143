import CivilTime
import Documents
import HTTPService

/// 河南: behind an exchange whose headers are those of the 政务服务网, each service known by an identifier. What is handed
/// in comes in parts: number, data, files.
///
/// Of the window nothing is published; paths, parts, fields and codes are the sandbox's own (docs/reference/sandbox.md).
struct HenanPermits: ExchangeFace {
  let name = "henan-permits"
  let title = "河南政务服务网 涉电审批"
  let area = "410000"
  let prefix = "HN"
  let decisions = "豫许字"
  let services: [(name: String, service: PermitService)] = [
    ("approval", .submit(.queryable)), ("promise", .submit(.queryable)), ("status", .status),
    ("supplement", .supplement), ("withdraw", .withdraw),
  ]
  let gate: ExchangeGate
  private static let names = PermitNames(
    receipt: "sblsh", key: "ywlsh", state: "blzt", time: "blsj", note: "blyj", decision: "pfwh")
  /// Operation by service identifier.
  private let identifiers: [String: String]

  init(_ seed: UInt64, limits: PlatformLimits, lifetimes: SecretLifetimes) {
    let mint = SecretMint(seed: seed, salt: "henan-permits")
    gate = ExchangeGate(mint, limits: limits, lifetime: lifetimes.request, headerPrefix: "gjzwfwpt")
    identifiers = Dictionary(
      uniqueKeysWithValues: services.map {
        ("s_\($0.name)_" + mint.fixed("sid/\($0.name)").prefix(8), $0.name)
      })
  }

  var settings: [SandboxConnection.Setting] {
    gate.settings
      + identifiers.sorted { $0.value < $1.value }.map {
        SandboxConnection.Setting(name: "\($0.value)ServiceId", value: $0.key, isSecret: false)
      }
  }

  func operation(of request: HTTPServerRequest) -> String? {
    switch request.path {
    case ExchangeGate.path: "refreshappsecret"
    case "/httpproxy": request.headers["gjzwfwpt_sid"].flatMap { identifiers[$0] }
    default: nil
    }
  }

  func read(
    _ request: HTTPServerRequest, _ service: PermitService, at now: Timestamp
  ) throws(Refusal) -> PermitCall {
    _ = try gate.service(gate.names(in: request.headers), at: now)
    var call = PermitCall()
    if service == .status || service == .withdraw {
      let root = try PermitJSON.root(of: request.body)
      call.key = root["ywlsh"]?.string ?? ""
      call.receipt = root["sblsh"]?.string ?? ""
      call.reason = root["sqnr"]?["chyy"]?.string ?? ""
      return call
    }
    guard let parts = MultipartReader(request), let data = parts.content("data") else {
      throw Refusal(PermitWindow.Code.badParameter, "请求体应为 multipart/form-data，含 data")
    }
    call.key = parts.text("ywlsh") ?? ""
    call.receipt = parts.text("sblsh") ?? ""
    let names = PermitFields.FileNames(list: "clqd", kind: "clbm", name: "wjm", size: "wjdx", sm3: "sm3")
    PermitFields.read(try PermitJSON.root(of: data), names, into: &call)
    // The files come in the order of the list.
    let files = parts.parts.filter { $0.name == "file" }
    for place in call.files.indices where place < files.count && files[place].file == call.files[place].name {
      call.files[place].bytes = files[place].content
    }
    call.item = call.fields["sxbm"] ?? ""
    return call
  }

  func needs(_ item: PermitWindow.Item) -> [String] {
    let common = ["sxbm", "xmmc", "sqrxx.sqrmc", "sqrxx.zjlx", "sqrxx.zjhm", "jsdd", "xzqh", "cnbz"]
    return switch item {
    case .routePlanning: common + ["xlcd"]
    case .roadOccupation: common + ["zymj"]
    case .roadDigging: common + ["wjcd"]
    case .greening: common
    }
  }

  func reply(_ permit: PermitCase, isRepeated: Bool, isFull: Bool) -> Reply {
    .json("0", isSuccess: true) { writer in
      writer.member("code", "0")
      writer.member("message", "成功")
      writer.member("data") { writer in
        writer.object { writer in
          for (name, text) in permit.members(Self.names, isFull: isFull) { writer.member(name, text) }
          writer.member("cfbz", isRepeated ? "1" : "0")
        }
      }
    }
  }

  func reply(_ refusal: Refusal) -> Reply {
    .json(refusal.code, isSuccess: false, status: refusal.status) { writer in
      writer.member("code", refusal.code)
      writer.member("message", refusal.message)
      writer.member("data", JSONValue?.none)
    }
  }
}
