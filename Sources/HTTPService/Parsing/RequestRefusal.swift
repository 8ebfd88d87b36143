/// Why a request is not let through. The connection is closed after it is answered: where one
/// message ends and the next begins is no longer certain.
struct RequestRefusal: Error, Hashable {
  let status: Int
  let code: String
  let detail: String

  init(_ status: Int, _ code: String, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  static let bareLineEnd = RequestRefusal(
    400, "http.line-end", "Lines end with CR LF; a bare CR or LF is refused.")
  static let requestLine = RequestRefusal(
    400, "http.request-line", "The request line is METHOD SP TARGET SP HTTP/1.1.")
  static let target = RequestRefusal(
    400, "http.target", "The request target is not a well-formed path and query.")
  static let version = RequestRefusal(505, "http.version", "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
  static let fieldName = RequestRefusal(
    400, "http.field-name", "A header field is NAME, colon, value, without a blank before the colon.")
  static let fieldValue = RequestRefusal(400, "http.field-value", "A header value holds a control character.")
  static let folding = RequestRefusal(400, "http.folding", "Header lines may not be folded.")
  static let host = RequestRefusal(400, "http.host", "Exactly one well-formed Host header is needed.")
  static let contentLength = RequestRefusal(
    400, "http.content-length", "Content-Length is given once, as digits only.")
  static let ambiguousLength = RequestRefusal(
    400, "http.ambiguous-length", "Content-Length and Transfer-Encoding exclude each other.")
  static let repeatedCoding = RequestRefusal(
    400, "http.transfer-encoding", "Transfer-Encoding is given once, and not in HTTP/1.0.")
  static let transferCoding = RequestRefusal(
    501, "http.transfer-coding", "The only transfer coding understood is chunked.")
  static let chunk = RequestRefusal(400, "http.chunk", "The chunked body is malformed.")
  static let expectation = RequestRefusal(
    417, "http.expectation", "The only expectation met is 100-continue.")
  static let targetTooLong = RequestRefusal(414, "http.target-too-long", "The request target is too long.")
  static let headerTooLarge = RequestRefusal(431, "http.header-too-large", "The header is too large.")
  static let bodyTooLarge = RequestRefusal(413, "http.body-too-large", "The body is too large.")
  static let headerDeadline = RequestRefusal(
    408, "http.header-deadline", "The header took too long to arrive.")
  static let bodyDeadline = RequestRefusal(408, "http.body-deadline", "The body took too long to arrive.")
  static let overloaded = RequestRefusal(
    503, "http.overloaded", "Too many requests are waiting; try again later.")
  static let brokenResponse = RequestRefusal(500, "http.invalid-response", "The response could not be sent.")

  /// RFC 9457 problem details; every part is a constant of ours, so nothing needs escaping.
  var response: HTTPServerResponse {
    let title = HTTPStatus.phrase(status)
    let text =
      #"{"type":"about:blank","title":"\#(title)","status":\#(status),"code":"\#(code)","detail":"\#(detail)"}"#
    var response = HTTPServerResponse(
      status: status, headers: ["Content-Type": "application/problem+json"], body: .bytes(Array(text.utf8)))
    if status == 503 { response.headers["Retry-After"] = "1" }
    return response
  }
}
