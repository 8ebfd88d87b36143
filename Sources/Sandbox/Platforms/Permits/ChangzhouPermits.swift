import CivilTime
import Documents
import HTTPService

/// 常州: SOAP behind an exchange's proxy. Up to 500 m a filing (备案), else an approval (常供电营〔2019〕204号): each is a method.
///
/// The SOAP header with rid, sid and sign is known of the province, the head of the reply (retcode, retmsg, oseqno) of the
/// city's one-stop transfer. Methods, fields and codes are the sandbox's own (docs/reference/sandbox.md).
struct ChangzhouPermits: ExchangeFace {
  let name = "changzhou-permits"
  let title = "常州市行政审批 涉电审批与备案"
  let area = "320400"
  let prefix = "CZ"
  let decisions = "常许字"
  let services: [(name: String, service: PermitService)] = [
    ("approval", .submit(.neither)), ("filing", .submit(.queryable)), ("status", .status),
    ("supplement", .supplement), ("withdraw", .withdraw),
  ]
  static let namespace = "http://permit.changzhou.example/"
  let gate: ExchangeGate
  /// The receipt is in the head.
  private static let names = PermitNames(
    receipt: "oseqno", state: "BLZT", time: "BLSJ", note: "BLYJ", decision: "PFWH")
  private let serviceID: String

  init(_ seed: UInt64, limits: PlatformLimits, lifetimes: SecretLifetimes) {
    let mint = SecretMint(seed: seed, salt: "changzhou-permits")
    gate = ExchangeGate(mint, limits: limits, lifetime: lifetimes.request)
    serviceID = "s_permit_" + mint.fixed("sid/permit").prefix(8)
  }

  var settings: [SandboxConnection.Setting] {
    gate.settings + [
      .init(name: "namespace", value: Self.namespace, isSecret: false),
      .init(name: "permitServiceId", value: serviceID, isSecret: false),
    ]
  }

  func operation(of request: HTTPServerRequest) -> String? {
    switch request.path {
    case ExchangeGate.path: "refreshappsecret"
    case "/wsproxy":
      (try? Self.call(request)).flatMap { call in services.first { $0.name == call.method.name }?.name }
    default: nil
    }
  }

  func read(
    _ request: HTTPServerRequest, _ service: PermitService, at now: Timestamp
  ) throws(Refusal) -> PermitCall {
    let (header, method) = try Self.call(request)
    func text(_ name: String) -> String { header.firstChild(named: name)?.text ?? "" }
    let names = ExchangeGate.Names(
      caller: text("rid"), service: text("sid"), time: text("rtime"), sign: text("sign"))
    guard try gate.service(names, at: now) == serviceID else {
      throw Refusal(ExchangeGate.Code.unknownService, "服务标识错误")
    }
    var call = PermitCall()
    let subject = method.firstChild(named: "arg0")?.text ?? ""
    let message = method.firstChild(named: "arg1")?.text ?? ""
    switch service {
    case .submit: call.key = subject
    case .supplement, .withdraw: call.receipt = subject
    case .status:
      call.key = subject
      call.receipt = message
      return call
    }
    PermitFields.read(
      try PermitXML.root(of: Array(message.utf8)),
      PermitFields.FileNames(
        list: "FILE", kind: "FILETYPE", name: "FILENAME", size: "FILESIZE", sm3: "FILESM3",
        content: "FILEDATA"), into: &call)
    call.item = call.fields["ITEMCODE"] ?? ""
    call.reason = call.fields["REASON"] ?? ""
    return call
  }

  func needs(_ item: PermitWindow.Item) -> [String] {
    [
      "ITEMCODE", "PROJECTNAME", "APPLICANT.NAME", "APPLICANT.IDTYPE", "APPLICANT.ID", "LOCATION",
      "LINELENGTH",
    ]
  }

  func reply(_ permit: PermitCase, isRepeated: Bool, isFull: Bool) -> Reply {
    let members = permit.members(Self.names, isFull: isFull)
    let body =
      PermitXML.elements(Array(members.dropFirst()))
      + PermitXML.element("REPEATED", isRepeated ? "1" : "0")
    return Self.result("0", "成功", PermitXML.elements([members[0]]), "<body>\(body)</body>", status: 200)
  }

  /// What the exchange refuses is a fault of SOAP, with status 200 as its proxy answers; what the window refuses is in its message.
  func reply(_ refusal: Refusal) -> Reply {
    guard ExchangeGate.Code(rawValue: refusal.code) != nil else {
      return Self.result(refusal.code, refusal.message, "", "", status: refusal.status)
    }
    let fault =
      PermitXML.element("faultcode", refusal.code) + PermitXML.element("faultstring", refusal.message)
    return Self.envelope(
      "<soapenv:Fault>\(fault)</soapenv:Fault>", code: refusal.code, isSuccess: false, status: refusal.status)
  }

  private static func result(
    _ code: String, _ message: String, _ more: String, _ body: String, status: Int
  ) -> Reply {
    let head = PermitXML.element("retcode", code) + PermitXML.element("retmsg", message) + more
    return envelope(
      "<ser:result xmlns:ser=\"\(namespace)\">"
        + PermitXML.element("return", "<root><head>\(head)</head>\(body)</root>") + "</ser:result>",
      code: code, isSuccess: code == "0", status: status)
  }

  private static func call(
    _ request: HTTPServerRequest
  ) throws(Refusal) -> (header: XMLElement, method: XMLElement) {
    let root = try PermitXML.root(of: request.body)
    func child(_ name: String) -> XMLElement? { root.children.first { $0.name == name } }
    guard let header = child("Header"), let method = child("Body")?.children.first(where: { _ in true })
    else {
      throw Refusal(PermitWindow.Code.badParameter, "缺少 SOAP Header 或 Body")
    }
    return (header, method)
  }

  private static func envelope(_ content: String, code: String, isSuccess: Bool, status: Int) -> Reply {
    .xml(
      code, isSuccess: isSuccess, status: status,
      "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
        + content + "</soapenv:Body></soapenv:Envelope>")
  }
}
