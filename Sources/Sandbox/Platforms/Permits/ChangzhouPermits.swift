import CivilTime
import Documents
import HTTPService

/// 常州: SOAP behind an exchange's proxy. Up to 500 m a filing (备案), else an approval (常供电营〔2019〕204号): each is a method.
///
/// The SOAP header with rid, sid and sign is known of the province, the head of the reply (retcode, retmsg, oseqno) of the
/// city's one-stop transfer. Methods, fields and codes are the sandbox's own (docs/reference/sandbox.md).
struct ChangzhouPermits: PermitFace {
  let name = "changzhou-permits"
  let title = "常州市行政审批 涉电审批与备案"
  let area = "320400"
  let prefix = "CZ"
  let decisions = "常许字"
  let gates = ["refreshappsecret"]
  let services: [(name: String, service: PermitService)] = [
    ("approval", .submit(.neither)), ("filing", .submit(.queryable)), ("status", .status),
    ("supplement", .supplement), ("withdraw", .withdraw),
  ]
  static let namespace = "http://permit.changzhou.example/"
  private let gate: ExchangeGate
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

  var noEntry: Refusal { Refusal(ExchangeGate.Code.secretExpired, "密钥已过期") }

  func operation(of request: HTTPServerRequest) -> String? {
    switch request.path {
    case ExchangeGate.path: "refreshappsecret"
    case "/wsproxy":
      (try? Self.call(request)).flatMap { call in services.first { $0.name == call.method.name }?.name }
    default: nil
    }
  }

  func answerGate(_ request: HTTPServerRequest, at now: Timestamp) throws(Refusal) -> Reply? {
    request.path == ExchangeGate.path ? try gate.refresh(request.headers, at: now) : nil
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
    var body =
      PermitXML.element("BLZT", String(permit.blzt))
      + PermitXML.element("BLSJ", RequestText.dateTime(permit.changed))
      + PermitXML.element("REPEATED", isRepeated ? "1" : "0")
    if isFull { body += PermitXML.element("BLYJ", permit.note) + PermitXML.element("PFWH", permit.decision) }
    let head =
      PermitXML.element("retcode", "0") + PermitXML.element("retmsg", "成功")
      + PermitXML.element("oseqno", permit.receipt)
    return Self.envelope(
      "<ser:result xmlns:ser=\"\(Self.namespace)\">"
        + PermitXML.element("return", "<root><head>\(head)</head><body>\(body)</body></root>")
        + "</ser:result>",
      code: "0", isSuccess: true, status: 200)
  }

  /// What the exchange refuses is a fault of SOAP, with status 200 as its proxy answers; what the window refuses is in its message.
  func reply(_ refusal: Refusal) -> Reply {
    let content =
      ExchangeGate.Code(rawValue: refusal.code) != nil
      ? "<soapenv:Fault>" + PermitXML.element("faultcode", refusal.code)
        + PermitXML.element("faultstring", refusal.message) + "</soapenv:Fault>"
      : "<ser:result xmlns:ser=\"\(Self.namespace)\">"
        + PermitXML.element(
          "return",
          "<root><head>" + PermitXML.element("retcode", refusal.code)
            + PermitXML.element("retmsg", refusal.message) + "</head></root>") + "</ser:result>"
    return Self.envelope(content, code: refusal.code, isSuccess: false, status: refusal.status)
  }

  func expireSecrets(all: Bool) { gate.expireSecrets() }

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
    let text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
      + content + "</soapenv:Body></soapenv:Envelope>"
    return Reply(
      status: status, contentType: "text/xml; charset=utf-8", body: Array(text.utf8), code: code,
      isSuccess: isSuccess, rows: isSuccess ? 1 : 0)
  }
}
