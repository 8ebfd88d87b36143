@testable import HTTPService

/// A response as a test reads it.
struct TestResponse {
  let status: Int
  let headers: HTTPFields
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// `nil` until the response is whole.
  static func parse(_ bytes: [UInt8], hasBody: Bool) -> (TestResponse, length: Int)? {
    var end = 0
    while true {
      guard end + 4 <= bytes.count else { return nil }
      if bytes[end] == 13, bytes[end + 1] == 10, bytes[end + 2] == 13, bytes[end + 3] == 10 { break }
      end += 1
    }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    var headers = HTTPFields()
    for line in lines.dropFirst() {
      let parts = line.split(separator: ": ", maxSplits: 1)
      headers.append(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    let length = hasBody ? headers["Content-Length"].flatMap { Int($0) } ?? 0 : 0
    guard bytes.count >= end + 4 + length else { return nil }
    let body = Array(bytes[(end + 4)..<(end + 4 + length)])
    return (TestResponse(status: status, headers: headers, body: body), end + 4 + length)
  }
}
