import CivilTime
import Crypto
import Documents
import HTTPService
import HTTPTransport

/// Lets the permit window call a gateway: how far a case is, signed with the window's token.
///
///     POST /control/callback   {"receipt" or "key", "url", "state"?, "time"?, "decision"?, "times"?, "nonce"?, "fault"?}
///
/// `state` and `time` are told in place of the case's own, so that words come late and out of order. What the gateway
/// answered is the answer: `{"answers": [{"status", "body"}]}`, the status 0 where none came.
struct CallbackControl: Sendable {
  static let callback = "/control/callback"

  /// What is wrong with a call.
  enum Fault: String, CaseIterable {
    case wrongSignature = "wrong-signature"
    case staleTime = "stale-time"
    /// The body is in GB18030, and says so.
    case gb18030
    case damaged
    case unknownState = "unknown-state"
    case unknownReceipt = "unknown-receipt"
    /// The window does not wait for the answer.
    case impatient
  }

  let window: PermitWindow
  let http: HTTPClient
  let now: @Sendable () -> Timestamp

  func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    let words = Fault.allCases.map(\.rawValue).joined(separator: ", ")
    let form =
      "a callback is {\"receipt\" or \"key\", \"url\", \"state\"?, \"time\"?, \"decision\"?, \"times\"?, \"nonce\"?, \"fault\"? one of \(words)}"
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
    let word = root["fault"]?.string
    guard root.isObject, let url = root["url"]?.string, word == nil || word.flatMap(Fault.init) != nil else {
      return .problem(form, status: 400)
    }
    let found =
      root["receipt"]?.string.flatMap { window.cases.find(receipt: $0) }
      ?? root["key"]?.string.flatMap { window.cases.find(key: $0) }
    guard let found else { return .problem("there is no such case", status: 404) }
    let fault = word.flatMap(Fault.init)
    let times = min(max(root["times"]?.integer ?? 1, 1), 20)
    let nonce = root["nonce"]?.string ?? Hex.encode(SecureRandom.bytes(8))
    let outgoing = call(to: url, body(found, root, fault), nonce, fault)
    return await http.answers(to: Array(repeating: outgoing, count: times))
  }

  private func body(_ permit: PermitCase, _ given: JSONValue, _ fault: Fault?) -> [UInt8] {
    let state = given["state"]?.string.flatMap(PermitCase.State.init) ?? permit.state
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("receiptNo", fault == .unknownReceipt ? "HZ00000000000000" : permit.receipt)
      if fault != .unknownReceipt { writer.member("businessKey", permit.key) }
      writer.member("state", fault == .unknownState ? "77" : state.code)
      writer.member("stateName", state.title)
      writer.member("changedTime", given["time"]?.string ?? RequestText.dateTime(permit.changed))
      writer.memberIfPresent("opinion", permit.note)
      writer.memberIfPresent("decisionNo", given["decision"]?.string ?? permit.decision)
    }
    var bytes = writer.takeBytes()
    if fault == .damaged { bytes.removeLast(min(4, bytes.count)) }
    guard fault == .gb18030 else { return bytes }
    do throws(DocumentError) {
      return try Charset.gb18030.encode(bytes)
    } catch {
      preconditionFailure("the window's texts have a place in GB18030")
    }
  }

  private func call(to url: String, _ body: [UInt8], _ nonce: String, _ fault: Fault?) -> HTTPRequest {
    let time = now()
    var call = window.check.call(
      to: url, body, charset: fault == .gb18030 ? .gb18030 : .utf8, nonce: nonce,
      at: fault == .staleTime ? time.advanced(bySeconds: -3600) : time, isForged: fault == .wrongSignature)
    if fault == .impatient { call.timeouts = Timeouts(total: .milliseconds(1)) }
    return call
  }
}
