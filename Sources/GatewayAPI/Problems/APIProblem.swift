import Documents
import HTTPService

/// An answer that says why there is none, after RFC 9457. It never holds a value of the request or of a record.
struct APIProblem: Error, Sendable {
  /// One fault of a body, with its place as a JSON pointer (RFC 6901).
  struct Fault: Hashable, Sendable {
    let pointer: String
    let message: String
    var suggestion: String?
  }

  let code: ProblemCode
  let detail: String
  var suggestion: String?
  var faults: [Fault] = []
  /// Seconds.
  var retryAfter: Int?
  var allow: [String] = []
  /// What an error of ours was, for the log: a stable word.
  var cause: String?

  init(_ code: ProblemCode, _ detail: String, suggestion: String? = nil) {
    self.code = code
    self.detail = detail
    self.suggestion = suggestion
  }

  func response(requestID: String) -> HTTPServerResponse {
    var writer = JSONWriter(reservingCapacity: 512)
    writer.object { writer in
      writer.member("type", "urn:zhengdian:problem:\(code.rawValue)")
      writer.member("title", code.title)
      writer.member("titleEn", code.englishTitle)
      writer.member("status", code.status)
      writer.member("code", code.rawValue)
      writer.member("detail", detail)
      writer.memberIfPresent("suggestion", suggestion)
      writer.member("requestId", requestID)
      if !faults.isEmpty {
        writer.member("errors") { writer in
          writer.array { writer in
            for fault in faults {
              writer.object { writer in
                writer.member("pointer", fault.pointer)
                writer.member("message", fault.message)
                writer.memberIfPresent("suggestion", fault.suggestion)
              }
            }
          }
        }
      }
    }
    var response = HTTPServerResponse(
      status: code.status,
      headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store"],
      body: .bytes(writer.takeBytes()))
    if let retryAfter { response.headers["Retry-After"] = String(retryAfter) }
    if code == .unauthenticated { response.headers["WWW-Authenticate"] = "Bearer realm=\"zhengdian\"" }
    if !allow.isEmpty { response.headers["Allow"] = allow.joined(separator: ", ") }
    return response
  }
}
