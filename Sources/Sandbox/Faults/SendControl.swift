import CivilTime
import Crypto
import Documents
import HTTPService
import HTTPTransport

/// A platform that sends records by itself.
protocol RecordSender: PlatformCore {
  /// What it sends, by operation.
  var sent: [String: DataSet] { get }
  /// The number of its next message.
  func messageNumber(at now: Timestamp) -> String
  /// A call that brings rows of it, signed as the platform signs.
  func call(to url: String, bringing rows: [Row], of data: DataSet, _ mark: CallMark) -> HTTPRequest
}

/// What distinguishes a platform's call from others with the same content.
struct CallMark {
  /// Of the message.
  let number: String
  let nonce: String
  /// When the platform says it called.
  let time: Timestamp
  var fault: SendControl.Fault?
}

/// Lets platforms send records to a gateway that did not ask.
///
///     POST /control/send   {"platform", "operation", "url", "rows", "version"?, "apart"?, "times"?, "number"?, "nonce"?, "fault"?}
///
/// `rows` are numbers of records, in the order in which they are sent; `version` 1 is as they were at first, 2 (the usual) as they are
/// after their change. With `apart` each comes in a call of its own. `times` repeats the same bytes.
struct SendControl: Sendable {
  static let path = "/control/send"

  /// What is wrong with a call.
  enum Fault: String, CaseIterable {
    case wrongSignature = "wrong-signature"
    case staleTime = "stale-time"
    case damaged
    /// The first row is one that no mapping takes.
    case poisoned
    /// The platform does not wait for the answer.
    case impatient
  }

  let senders: [any RecordSender]
  let http: HTTPClient
  let now: @Sendable () -> Timestamp

  func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    guard request.method == "POST" else {
      return .problem("this method is not for \(request.path)", status: 405)
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: request.body)
    } catch {
      return .problem("the body is not JSON: \(error.message)", status: 400)
    }
    let root = document.root
    guard root.isObject, let url = root["url"]?.string, let calls = calls(root, to: url) else {
      let words = Fault.allCases.map(\.rawValue).joined(separator: ", ")
      let places = senders.flatMap { one in one.sent.keys.sorted().map { "\(one.name)/\($0)" } }
      return .problem(
        "a call is {\"platform\" and \"operation\", one of \(places.joined(separator: ", ")); \"url\", \"rows\", \"version\"? 1 or 2, \"apart\"?, \"times\"?, \"number\"?, \"nonce\"?, \"fault\"? one of \(words)}",
        status: 400)
    }
    let times = min(max(root["times"]?.integer ?? 1, 1), 20)
    return await http.answers(to: calls.flatMap { Array(repeating: $0, count: times) })
  }

  /// nil where something of it cannot be.
  private func calls(_ root: JSONValue, to url: String) -> [HTTPRequest]? {
    let word = root["fault"]?.string
    let fault = word.flatMap(Fault.init)
    let version = root["version"]?.integer ?? 2
    guard let sender = senders.first(where: { $0.name == root["platform"]?.string }),
      let data = root["operation"]?.string.flatMap({ sender.sent[$0] }),
      let given = root["rows"]?.elements.map({ $0.integer ?? -1 }), (1...1000).contains(given.count),
      given.allSatisfy({ (0..<data.timeline.count).contains($0) }), (1...2).contains(version),
      word == nil || fault != nil
    else { return nil }
    let rows = given.enumerated().map { place, index in
      Row(
        index: index, version: version, updated: data.timeline.updated(index, version: version),
        poison: fault == .poisoned && place == 0 ? .wrongType : nil)
    }
    let moment = now()
    let time = fault == .staleTime ? moment.advanced(bySeconds: -3600) : moment
    let parts = root["apart"]?.boolean == true ? rows.map { [$0] } : [rows]
    return parts.map { part in
      let mark = CallMark(
        number: root["number"]?.string ?? sender.messageNumber(at: time),
        nonce: root["nonce"]?.string ?? Hex.encode(SecureRandom.bytes(8)), time: time, fault: fault)
      var call = sender.call(to: url, bringing: part, of: data, mark)
      if fault == .impatient { call.timeouts = Timeouts(total: .milliseconds(1)) }
      return call
    }
  }
}

extension HTTPClient {
  /// Makes calls one after the other, and tells what came of them: `{"answers": [{"status", "body"}]}`, the status 0 where nothing came.
  func answers(to calls: [HTTPRequest]) async -> HTTPServerResponse {
    var answers: [(status: Int, body: [UInt8])] = []
    for call in calls {
      do throws(TransportError) {
        let response = try await send(call)
        answers.append((response.status, response.body))
      } catch {
        answers.append((0, []))
      }
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("answers") { writer in
        writer.array { writer in
          for answer in answers {
            writer.object { writer in
              writer.member("status", answer.status)
              writer.member("body", String(decoding: answer.body, as: UTF8.self))
            }
          }
        }
      }
    }
    return .json(writer.takeBytes())
  }
}

extension TifCheck {
  /// A call that the platform makes: HMAC-SM3 under the token over time, nonce and body.
  func call(
    to url: String, _ body: [UInt8], charset: Charset = .utf8, nonce: String, at time: Timestamp,
    isForged: Bool
  ) -> HTTPRequest {
    let seconds = String(time.milliseconds / 1000)
    var signature = Hex.encode(
      HMAC.authenticate(.sm3, key: Array(token.utf8), message: Array((seconds + nonce).utf8) + body))
    if isForged { signature = String(signature.reversed()) }
    return HTTPRequest(
      method: "POST", url: url,
      headers: [
        HTTPHeader("Content-Type", "application/json; charset=\(charset.rawValue)"),
        HTTPHeader("x-tif-paasid", paasid), HTTPHeader("x-tif-timestamp", seconds),
        HTTPHeader("x-tif-nonce", nonce), HTTPHeader("x-tif-signature", signature),
      ], body: body, timeouts: Timeouts(total: .seconds(30)), staleConnectionRule: .neverRepeat)
  }
}

extension Investment30: RecordSender {
  var sent: [String: DataSet] { Dictionary(uniqueKeysWithValues: services.values.map { ($0.name, $0) }) }

  func messageNumber(at now: Timestamp) -> String { "PC" + mint.next("batch").prefix(12) }

  func call(to url: String, bringing rows: [Row], of data: DataSet, _ mark: CallMark) -> HTTPRequest {
    var buffer = PageBuffer(capacity: 1_200 * rows.count + 120)
    buffer.ascii(#"{"batchNo":""#)
    buffer.string(mark.number)
    buffer.ascii(#"","data":{"rows":["#)
    buffer.append(data.render(rows))
    buffer.ascii(mark.fault == .damaged ? "]" : "]}}")
    return check.call(
      to: url, buffer.bytes, nonce: mark.nonce, at: mark.time, isForged: mark.fault == .wrongSignature)
  }
}

extension RealEstateXML: RecordSender {
  var sent: [String: DataSet] { [houses.name: houses] }

  /// Area 6, `yyMMdd`, 6 characters.
  func messageNumber(at now: Timestamp) -> String {
    areaCode + now.civil(offsetSeconds: UTCOffset.china).date.compact.dropFirst(2)
      + mint.next("bizMsgId").prefix(6)
  }

  /// The number that comes once is the message's own, so that no other nonce is sent. `DigitalSign` of the head can cover no more than the
  /// head; the header covers all of the body.
  func call(to url: String, bringing rows: [Row], of data: DataSet, _ mark: CallMark) -> HTTPRequest {
    var buffer = PageBuffer(charset: .gb18030, capacity: 1_400 * rows.count + 600)
    buffer.ascii("<?xml version=\"1.0\" encoding=\"GB18030\"?>\n<Message>\n<Head>\n<BizMsgID>")
    buffer.string(mark.number)
    buffer.ascii("</BizMsgID>\n<ASID>")
    buffer.string(accessID)
    buffer.ascii(
      "</ASID>\n<AreaCode>320400</AreaCode>\n<RecType>1000402</RecType>\n<RightType>4</RightType>\n<RegType>100</RegType>\n<CreateDate>"
    )
    buffer.dateTime(seconds: Int(mark.time.milliseconds / 1000))
    buffer.ascii("</CreateDate>\n<CertCount>")
    buffer.number(rows.count)
    buffer.ascii("</CertCount>\n<DigitalSign>/</DigitalSign>\n</Head>\n<Data>\n")
    buffer.append(data.render(rows))
    buffer.ascii(mark.fault == .damaged ? "</Data>\n" : "</Data>\n</Message>\n")
    var signature = Hex.encode(key.authenticate(buffer.bytes))
    if mark.fault == .wrongSignature { signature = String(signature.reversed()) }
    return HTTPRequest(
      method: "POST", url: url,
      headers: [
        HTTPHeader("Content-Type", Self.xml), HTTPHeader("x-digital-sign", signature),
      ], body: buffer.bytes, timeouts: Timeouts(total: .seconds(30)), staleConnectionRule: .neverRepeat)
  }
}
