import CivilTime
import Crypto
import Documents
import HTTPTransport
import Sandbox
import Synchronization
import Testing

/// Calls the real-estate platform with signed messages.
struct RealEstateCaller {
  let bench: Bench
  let connection: SandboxConnection
  private static let messages = Atomic(100_000)

  init(_ bench: Bench) throws {
    self.bench = bench
    connection = try bench.connection("real-estate-xml")
  }

  /// The parts of a message, each of which a test may spoil.
  struct Message {
    var id: String
    var asid: String
    var area: String
    var created: String
    var key: String
    var from = ""
    var to = ""
    var number = "1"
    var size = "100"

    var bytes: [UInt8] {
      let signed = id + asid + area + created + from + to + number + size
      let sign = Hex.encode(HMAC.authenticate(.sm3, key: Array(key.utf8), message: Array(signed.utf8)))
      return Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Message><Head><BizMsgID>\(id)</BizMsgID><ASID>\(asid)</ASID><AreaCode>\(area)</AreaCode>\
        <RecType>1000402</RecType><CreateDate>\(created)</CreateDate><DigitalSign>\(sign)</DigitalSign></Head>
        <Data><Query From="\(from)" To="\(to)" PageNo="\(number)" PageSize="\(size)"/></Data></Message>
        """.utf8)
    }
  }

  func message() -> Message {
    let created = bench.clock.now.compactText
    let serial = RealEstateCaller.messages.add(1, ordering: .relaxed).newValue
    return Message(
      id: "320400" + created.dropFirst(2).prefix(6) + String(serial), asid: connection["accessId"] ?? "",
      area: "320400", created: created, key: connection["signKey"] ?? "")
  }

  func request(_ message: Message) -> HTTPRequest {
    request(message.bytes)
  }

  func request(_ body: [UInt8], method: String = "POST", path: String = "/realestate/exchange") -> HTTPRequest
  {
    HTTPRequest(
      method: method, url: connection.address + path, headers: [HTTPHeader("Content-Type", "text/xml")],
      body: method == "GET" ? nil : body)
  }

  /// The reply as text: strictly GB18030.
  func call(_ request: HTTPRequest) async throws -> String {
    let bytes = try await bench.send(request).body
    return String(decoding: try Charset.gb18030.decode(bytes), as: UTF8.self)
  }
}

extension String {
  /// The text between the first `<name>` and `</name>`.
  func element(_ name: String) -> String? {
    guard let open = firstRange(of: "<\(name)>"),
      let close = self[open.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return String(self[open.upperBound..<close.lowerBound])
  }

  /// Attributes of every element of this name, in order.
  func rows(_ name: String) -> [[String: String]] {
    split(separator: "\n").filter { $0.hasPrefix("<\(name) ") }.map { line in
      var attributes: [String: String] = [:]
      for match in line.matches(of: /([A-Z_0-9]+)="([^"]*)"/) {
        attributes[String(match.output.1)] = String(match.output.2)
      }
      return attributes
    }
  }
}
