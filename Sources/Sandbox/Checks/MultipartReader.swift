import HTTPService

/// The parts of a `multipart/form-data` body (RFC 7578), as callers of the sandbox write them.
struct MultipartReader {
  struct Part {
    let name: String
    let file: String?
    let content: [UInt8]
  }

  private static let most = 100

  let parts: [Part]

  /// nil where it is none, or not whole.
  init?(_ request: HTTPServerRequest) {
    guard let type = request.headers["Content-Type"], type.hasPrefix("multipart/form-data"),
      let boundary = type.split(separator: "boundary=", maxSplits: 1).dropFirst().first
    else { return nil }
    let mark = Array("--\(boundary)".utf8)
    let body = request.body
    guard body.starts(with: mark) else { return nil }
    var parts: [Part] = []
    var place = mark.count
    while parts.count <= Self.most {
      if body[place...].starts(with: "--".utf8) {
        self.parts = parts
        return
      }
      guard body[place...].starts(with: "\r\n".utf8),
        let head = Self.find(Array("\r\n\r\n".utf8), in: body, from: place + 2),
        let end = Self.find(Array("\r\n".utf8) + mark, in: body, from: head + 4),
        let part = Self.part(
          String(decoding: body[(place + 2)..<head], as: UTF8.self), body[(head + 4)..<end])
      else { return nil }
      parts.append(part)
      place = end + 2 + mark.count
    }
    return nil
  }

  func content(_ name: String) -> [UInt8]? { parts.first { $0.name == name }?.content }

  func text(_ name: String) -> String? { content(name).map { String(decoding: $0, as: UTF8.self) } }

  private static func part(_ head: String, _ content: ArraySlice<UInt8>) -> Part? {
    func value(_ key: String) -> String? {
      head.split(separator: " \(key)=\"", maxSplits: 1).dropFirst().first?
        .split(separator: "\"", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }
    return value("name").map { Part(name: $0, file: value("filename"), content: Array(content)) }
  }

  private static func find(_ needle: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    guard start + needle.count <= body.count else { return nil }
    for place in start...(body.count - needle.count) where body[place] == needle[0] {
      if body[place..<(place + needle.count)].elementsEqual(needle) { return place }
    }
    return nil
  }
}
