import Documents
import HTTPService

/// Puts a platform's reply on the wire, with what a fault does to it.
enum Distorter {
  /// How the rows of the page are to be made wrong before the reply is written.
  static func pageDistortion(_ fault: FaultKind?) -> PageDistortion {
    var distortion = PageDistortion.none
    switch fault {
    case .poisonedRecord(let poison): distortion.poison = poison
    case .earlyEnd: distortion.isEmptied = true
    case .duplicatedPage: distortion.repeatsPrevious = true
    case .duplicateAnswer: distortion.answersAsRepeated = true
    default: break
    }
    return distortion
  }

  static func response(_ reply: Reply) -> HTTPServerResponse {
    var headers: HTTPFields = ["Content-Type": reply.contentType]
    for (name, value) in reply.headers { headers.append(name, value) }
    return HTTPServerResponse(status: reply.status, headers: headers, body: .bytes(reply.body))
  }

  static func response(_ reply: Reply, _ fault: FaultKind) async -> HTTPServerResponse {
    switch fault {
    case .stall(let seconds), .stallAfter(let seconds): return await stall(seconds)
    case .reset, .resetAfter: return .abort
    case .halfBody: return partial(reply)
    case .wrongCharset: return response(recoded(reply))
    case .mislabelledCharset: return response(relabelled(reply))
    case .htmlPage, .htmlPageAfter: return logInPage
    case .badGateway: return badGateway
    case .slow(let seconds):
      do { try await Task.sleep(for: .seconds(seconds)) } catch { return .abort }
      return response(reply)
    case .oversizedBody(let bytes): return oversized(reply, bytes)
    case .endlessBody: return endless(reply)
    case .billionLaughs: return laughs
    case .truncatedDocument:
      var cut = reply
      cut.body = Array(reply.body.prefix(reply.body.count * 2 / 3))
      return response(cut)
    case .renamedField(let from, let to):
      var changed = reply
      changed.body = renamed(reply.body, from, to)
      return response(changed)
    case .slowDrip(let rate): return drip(reply, rate)
    case .unavailable(let seconds):
      return HTTPServerResponse(
        status: 503, headers: ["Content-Type": "text/plain", "Retry-After": String(seconds)],
        body: .bytes(Array("service unavailable\n".utf8)))
    case .expiredToken, .forgottenSecrets, .quota, .earlyEnd, .poisonedRecord, .duplicatedPage, .refusal,
      .duplicateAnswer:
      // The platform itself has answered wrongly already.
      return response(reply)
    }
  }

  private static func stall(_ seconds: Double) async -> HTTPServerResponse {
    do {
      try await Task.sleep(for: .seconds(seconds))
    } catch {
      // The client gave up first: what the fault is for.
    }
    return .abort
  }

  private static func declared(_ reply: Reply, length: Int) -> HTTPFields {
    ["Content-Type": reply.contentType, "Content-Length": String(length)]
  }

  /// Names stand as `"name":` in JSON and as ` name="` in XML; both are ASCII, whatever the charset of the rest.
  private static func renamed(_ body: [UInt8], _ from: String, _ to: String) -> [UInt8] {
    let pairs = [("\"\(from)\":", "\"\(to)\":"), (" \(from)=\"", " \(to)=\"")]
    var body = body
    for (old, new) in pairs {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      var result: [UInt8] = []
      result.reserveCapacity(body.count)
      var index = 0
      while index < body.count {
        if body[index] == old[0], body[index...].starts(with: old) {
          result += new
          index += old.count
        } else {
          result.append(body[index])
          index += 1
        }
      }
      body = result
    }
    return body
  }

  private static func partial(_ reply: Reply) -> HTTPServerResponse {
    let body = reply.body
    return HTTPServerResponse(
      status: reply.status, headers: declared(reply, length: body.count),
      body: .stream { writer in try await writer.write(Array(body.prefix(body.count / 2))) })
  }

  private static func oversized(_ reply: Reply, _ bytes: Int) -> HTTPServerResponse {
    let body = reply.body
    let length = max(bytes, body.count)
    return HTTPServerResponse(
      status: reply.status, headers: declared(reply, length: length),
      body: .stream { writer in
        try await writer.write(body)
        let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)
        var left = length - body.count
        while left > 0 {
          try await writer.write(left < blanks.count ? Array(blanks.prefix(left)) : blanks)
          left -= blanks.count
        }
      })
  }

  private static func endless(_ reply: Reply) -> HTTPServerResponse {
    let body = reply.body
    var response = HTTPServerResponse(
      status: reply.status, headers: ["Content-Type": reply.contentType],
      body: .stream { writer in
        try await writer.write(body)
        let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)
        // Ends when the client goes, which makes the writer throw.
        while true { try await writer.write(blanks) }
      })
    response.endsWhenStopping = true
    return response
  }

  private static func drip(_ reply: Reply, _ rate: Int) -> HTTPServerResponse {
    let body = reply.body
    var response = HTTPServerResponse(
      status: reply.status, headers: declared(reply, length: body.count),
      body: .stream { writer in
        // Ten drops a second, or one byte at a time when that is too much.
        let drop = max(1, rate / 10)
        var sent = 0
        while sent < body.count {
          try await writer.write(Array(body[sent..<min(sent + drop, body.count)]))
          sent += drop
          try await Task.sleep(for: .seconds(Double(drop) / Double(rate)))
        }
      })
    response.endsWhenStopping = true
    return response
  }

  private static let logInPage = HTTPServerResponse(
    headers: ["Content-Type": "text/html; charset=utf-8"],
    body: .bytes(
      Array(
        "<!DOCTYPE html><html><head><title>统一身份认证</title></head><body><form>请登录</form></body></html>".utf8)))

  private static let badGateway = HTTPServerResponse(
    status: 502, headers: ["Content-Type": "text/html; charset=utf-8"],
    body: .bytes(Array("<html><head><title>502 Bad Gateway</title></head><body>502</body></html>".utf8)))

  /// Ten levels of ten references: 10 GB when expanded.
  private static let laughs: HTTPServerResponse = {
    var text = "<?xml version=\"1.0\"?>\n<!DOCTYPE Message [\n<!ENTITY a0 \"哈哈哈\">\n"
    for level in 1...9 {
      let references = String(repeating: "&a\(level - 1);", count: 10)
      text += "<!ENTITY a\(level) \"\(references)\">\n"
    }
    text += "]>\n<Message><Head><BizMsgID>&a9;</BizMsgID></Head><Data/></Message>\n"
    return HTTPServerResponse(headers: ["Content-Type": "text/xml"], body: .bytes(Array(text.utf8)))
  }()
}
