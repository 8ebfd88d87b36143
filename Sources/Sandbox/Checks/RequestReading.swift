import CivilTime
import HTTPService

/// Parameters of a request from its query and, for forms, from its body.
struct RequestParameters {
  private let query: HTTPQuery?
  private let form: HTTPQuery?

  /// Nil when they are not percent-encoded UTF-8.
  init?(_ request: HTTPServerRequest) {
    guard let query = HTTPQuery(request.query) else { return nil }
    self.query = query
    if request.headers["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
      guard let form = HTTPQuery(String(decoding: request.body, as: UTF8.self)) else { return nil }
      self.form = form
    } else {
      form = nil
    }
  }

  /// Nil also for an empty value.
  subscript(name: String) -> String? {
    let value = query?[name] ?? form?[name]
    return value?.isEmpty == true ? nil : value
  }
}

/// Texts of requests read strictly.
enum RequestText {
  /// Digits only, at most 15 of them.
  static func number(_ text: String) -> Int? {
    guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// `yyyy-MM-dd HH:mm:ss`, Beijing time.
  static func dateTime(_ time: Timestamp) -> String {
    time.civil(offsetSeconds: UTCOffset.china).description.replacing("T", with: " ")
  }

  /// Beijing time as seconds of Unix time: `yyyy-MM-dd HH:mm:ss` (also with a T) or `yyyyMMddHHmmss`.
  static func time(_ text: String) -> Int? {
    guard let civil = CivilDateTime(iso: text) ?? CivilDateTime(compact: text) else { return nil }
    return Int(civil.timestamp(offsetSeconds: UTCOffset.china).milliseconds / 1000)
  }
}
