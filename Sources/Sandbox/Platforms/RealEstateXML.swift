import CivilTime
import Crypto
import Documents
import HTTPService

/// 不动产登记 by XML messages in GB18030: `Message/Head/Data`, tables whose columns are attributes, "/" for no value.
///
/// The message and its tables are the published ones; asking for pages (`Query`), the paging facts in the head and
/// what `DigitalSign` covers are the sandbox's own (docs/reference/sandbox.md).
final class RealEstateXML: PlatformCore {
  enum Code: String, CaseIterable {
    case success = "0000"
    case wrongSign = "1001"
    case unknownCaller = "1002"
    case clockSkew = "1003"
    case repeatedMessage = "1004"
    case badMessage = "1005"
    case pageTooLarge = "1006"
    case quota = "1007"
    case wrongMethod = "1008"
    case unknownPath = "1009"
  }

  /// What a request says, as texts.
  private struct Query {
    let message: String
    let caller: String
    let area: String
    let created: String
    let sign: String
    let from: String
    let to: String
    let number: String
    let size: String

    /// What the signature covers.
    var signed: String { message + caller + area + created + from + to + number + size }
  }

  let name = "real-estate-xml"
  let title = "不动产登记信息平台"
  let accessID: String
  let areaCode = Region.changzhou.areaCode
  let signKey: String
  let operations = ["houses"]
  private let limits: PlatformLimits
  private let quota: QuotaMeter
  private let messages: ReplayGuard
  let key: HMACKey
  let houses: DataSet
  let mint: SecretMint
  private let pager: Pager
  private let now: @Sendable () -> Timestamp

  init(
    _ population: Population, limits: PlatformLimits, pager: Pager, now: @escaping @Sendable () -> Timestamp
  ) {
    mint = SecretMint(seed: population.seed, salt: "real-estate-xml")
    accessID = "AS" + mint.fixed("asid").prefix(6).uppercased()
    signKey = mint.fixed("signKey")
    key = HMACKey(.sm3, key: Array(signKey.utf8))
    self.limits = limits
    self.pager = pager
    self.now = now
    quota = QuotaMeter(limits)
    messages = ReplayGuard(seconds: 2 * limits.clockSkew)
    houses = RealEstateRows.houses(population)
  }

  func operation(of request: HTTPServerRequest) -> String {
    request.path == "/realestate/exchange" ? "houses" : "other"
  }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    var message = ""
    do throws(Refusal) {
      guard request.path == "/realestate/exchange" else {
        throw Refusal(Code.unknownPath, "地址不存在", status: 404)
      }
      guard request.method == "POST" else { throw Refusal(Code.wrongMethod, "请使用 POST", status: 405) }
      let query = try read(request.body)
      message = query.message
      try check(query)
      guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
      return try page(query, distortion)
    } catch {
      return reply(error, to: message)
    }
  }

  /// Nothing to forget: the key does not expire.
  func expireSecrets(all: Bool) {}

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: reply(Refusal(Code.wrongSign, "数字签名错误"), to: "")
    case .quota: reply(Refusal(Code.quota, "调用次数超限"), to: "")
    case .request: reply(Refusal(Code.badMessage, "报文错误"), to: "")
    }
  }

  private func read(_ body: [UInt8]) throws(Refusal) -> Query {
    let root: XMLElement
    do throws(DocumentError) {
      root = try XMLDocument(parsing: body, limits: RealEstateXML.requestLimits).root
    } catch {
      throw Refusal(Code.badMessage, "报文不是规定的 XML")
    }
    guard root.name == "Message", let head = root.firstChild(named: "Head"),
      let query = root.firstChild(named: "Data")?.firstChild(named: "Query")
    else { throw Refusal(Code.badMessage, "报文缺少 Head 或 Data/Query") }
    func text(_ name: String) throws(Refusal) -> String {
      guard let text = head.firstChild(named: name)?.text, !text.isEmpty else {
        throw Refusal(Code.badMessage, "报文缺少 \(name)")
      }
      return text
    }
    return Query(
      message: try text("BizMsgID"), caller: try text("ASID"), area: try text("AreaCode"),
      created: try text("CreateDate"), sign: try text("DigitalSign"), from: query.attribute("From") ?? "",
      to: query.attribute("To") ?? "", number: query.attribute("PageNo") ?? "",
      size: query.attribute("PageSize") ?? "")
  }

  /// A request is a page of text.
  private static let requestLimits = XMLLimits(maxBytes: 65_536, maxDepth: 8, maxNodes: 500)

  private func check(_ query: Query) throws(Refusal) {
    guard query.caller == accessID else { throw Refusal(Code.unknownCaller, "ASID 不存在") }
    guard query.area == areaCode else { throw Refusal(Code.badMessage, "AreaCode 错误") }
    guard let created = RequestText.time(query.created) else {
      throw Refusal(Code.badMessage, "CreateDate 应为 yyyyMMddHHmmss")
    }
    let now = now()
    guard abs(now.milliseconds / 1000 - Int64(created)) <= limits.clockSkew else {
      throw Refusal(Code.clockSkew, "报文时间超出允许范围")
    }
    guard isMessageID(query.message, created: created) else {
      throw Refusal(Code.badMessage, "BizMsgID 应为 6 位区划 + yyMMdd + 6 位")
    }
    guard Hex.encode(key.authenticate(Array(query.signed.utf8))) == query.sign else {
      throw Refusal(Code.wrongSign, "数字签名错误")
    }
    guard messages.firstUse(of: query.message, at: now) else {
      throw Refusal(Code.repeatedMessage, "BizMsgID 重复")
    }
  }

  /// Area 6, `yyMMdd`, 6 characters: the business message number of the published message.
  private func isMessageID(_ text: String, created: Int) -> Bool {
    var buffer = PageBuffer(capacity: 12)
    buffer.string(areaCode)
    let date = Timestamp.seconds(Int64(created)).civil(offsetSeconds: UTCOffset.china).date
    buffer.padded(date.year % 100 * 10_000 + date.month * 100 + date.day, width: 6)
    return text.utf8.count == 18 && text.utf8.starts(with: buffer.bytes)
      && text.utf8.dropFirst(12).allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
      }
  }

  private func page(_ query: Query, _ distortion: PageDistortion) throws(Refusal) -> Reply {
    guard let number = RequestText.number(query.number), (1...1_000_000_000).contains(number),
      let size = RequestText.number(query.size), size >= 1
    else { throw Refusal(Code.badMessage, "PageNo 或 PageSize 错误") }
    guard size <= limits.pageSize else { throw Refusal(Code.pageTooLarge, "每页最多 \(limits.pageSize) 条") }
    let from = try time(query.from) ?? 0
    let to = try time(query.to) ?? .max
    let seconds = Int(now().milliseconds / 1000)
    let selection = houses.timeline.selection(from: from, to: to, now: seconds)
    let page = pager.page(houses, selection, offset: (number - 1) * size, limit: size, distortion: distortion)
    var buffer = PageBuffer(charset: .gb18030, capacity: page.bytes.count + 1_024)
    buffer.ascii("<?xml version=\"1.0\" encoding=\"GB18030\"?>\n<Message>\n<Head>\n<BizMsgID>")
    buffer.string(query.message)
    buffer.ascii("</BizMsgID>\n<ASID>")
    buffer.string(accessID)
    buffer.ascii(
      "</ASID>\n<AreaCode>320400</AreaCode>\n<RecType>1000402</RecType>\n<RightType>4</RightType>\n")
    buffer.ascii("<RegType>100</RegType>\n<CreateDate>")
    buffer.dateTime(seconds: seconds)
    buffer.ascii(
      "</CreateDate>\n<RecFlowID>/</RecFlowID>\n<RegOrgID>320499</RegOrgID>\n<ParcelID>/</ParcelID>\n")
    buffer.ascii(
      "<EstateNum>/</EstateNum>\n<PreEstateNum>/</PreEstateNum>\n<PreCertID>/</PreCertID>\n<CertCount>")
    buffer.number(page.rows)
    buffer.ascii("</CertCount>\n<ProofCount>0</ProofCount>\n<TotalCount>")
    buffer.number(page.total)
    buffer.ascii("</TotalCount>\n<PageNo>")
    buffer.number(number)
    buffer.ascii("</PageNo>\n<PageSize>")
    buffer.number(size)
    buffer.ascii("</PageSize>\n<DigitalSign>")
    buffer.string(sign(query.message, page, number))
    buffer.ascii("</DigitalSign>\n</Head>\n<Data>\n")
    buffer.append(page.bytes)
    buffer.ascii("</Data>\n</Message>\n")
    return Reply(
      contentType: RealEstateXML.xml, body: buffer.bytes, code: Code.success.rawValue, isSuccess: true,
      rows: page.rows
    )
  }

  private func sign(_ message: String, _ page: Pager.Page, _ number: Int) -> String {
    Hex.encode(key.authenticate(Array("\(message)\(page.total)\(number)\(page.rows)".utf8)))
  }

  private func time(_ text: String) throws(Refusal) -> Int? {
    if text.isEmpty { return nil }
    guard let seconds = RequestText.time(text) else {
      throw Refusal(Code.badMessage, "From 和 To 应为 yyyy-MM-dd HH:mm:ss")
    }
    return max(0, seconds)
  }

  /// The published answer to a message: `<respond>`.
  private func reply(_ refusal: Refusal, to message: String) -> Reply {
    var buffer = PageBuffer(charset: .gb18030, capacity: 320)
    buffer.ascii("<?xml version=\"1.0\" encoding=\"GB18030\"?>\n<respond>\n<BizMsgID>")
    buffer.string(message.utf8.allSatisfy(RealEstateXML.isPlain) ? message : "")
    buffer.ascii("</BizMsgID>\n<SuccessFlag>0</SuccessFlag>\n<ResponseCode>")
    buffer.string(refusal.code)
    buffer.ascii("</ResponseCode>\n<ResponseInfo>")
    buffer.string(refusal.message)
    buffer.ascii("</ResponseInfo>\n<CertID>/</CertID>\n</respond>\n")
    return Reply(
      status: refusal.status, contentType: RealEstateXML.xml, body: buffer.bytes, code: refusal.code,
      isSuccess: false)
  }

  /// Letters and digits: safe to echo in XML.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  static let xml = "text/xml;charset=GB18030"
}
