import Testing

/// A request that must not reach a handler, and how it is answered.
struct RefusedRequest: CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let status: Int

  init(_ name: String, _ text: String, _ status: Int) {
    self.name = name
    bytes = Array(text.utf8)
    self.status = status
  }

  var testDescription: String { name }

  /// What a lenient reader might let through, each with a second request hidden behind it where that
  /// is what the trick is for.
  static let table: [RefusedRequest] = [
    RefusedRequest(
      "repeated length", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400),
    RefusedRequest(
      "two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "helloX"), 400),
    RefusedRequest("length list", post("Content-Length: 5, 5\r\n", "hello"), 400),
    RefusedRequest("plus sign", post("Content-Length: +5\r\n", "hello"), 400),
    RefusedRequest("minus sign", post("Content-Length: -5\r\n", "hello"), 400),
    RefusedRequest("hexadecimal length", post("Content-Length: 0x5\r\n", "hello"), 400),
    RefusedRequest("length with blank inside", post("Content-Length: 1 2\r\n", "hello"), 400),
    RefusedRequest("empty length", post("Content-Length:\r\n", ""), 400),
    RefusedRequest("wide digits", post("Content-Length: ５\r\n", "hello"), 400),
    RefusedRequest("length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", ""), 413),
    RefusedRequest("length of 2^64 + 5", post("Content-Length: 18446744073709551621\r\n", "hello"), 413),
    RefusedRequest(
      "length and coding",
      post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /x HTTP/1.1\r\n"), 400),
    RefusedRequest(
      "coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"), 400),
    RefusedRequest("unknown coding", post("Transfer-Encoding: cow\r\n", ""), 501),
    RefusedRequest("identity coding", post("Transfer-Encoding: identity\r\n", ""), 501),
    RefusedRequest("two codings", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501),
    RefusedRequest(
      "chunked last but not alone", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501),
    RefusedRequest(
      "coding with vertical tab", post("Transfer-Encoding: \u{0B}chunked\r\n", "0\r\n\r\n"), 400),
    RefusedRequest("quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501),
    RefusedRequest(
      "repeated coding", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      400),
    RefusedRequest(
      "coding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    RefusedRequest("blank before colon", post("Content-Length : 5\r\n", "hello"), 400),
    RefusedRequest("tab before colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400),
    RefusedRequest("folded line", post("X-A: 1\r\n Content-Length: 5\r\n", "hello"), 400),
    RefusedRequest("folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    RefusedRequest("line without colon", post("nothing\r\n", ""), 400),
    RefusedRequest("empty name", post(": 5\r\n", ""), 400),
    RefusedRequest("name with bracket", post("Content-Length[]: 5\r\n", ""), 400),
    RefusedRequest("name with letter outside ASCII", post("Contént-Length: 5\r\n", ""), 400),
    RefusedRequest("value with NUL", post("X-A: a\u{0}b\r\n", ""), 400),
    RefusedRequest("value with bare CR", post("X-A: a\rContent-Length: 5\r\n", "hello"), 400),
    RefusedRequest("value with DEL", post("X-A: \u{7F}\r\n", ""), 400),
    RefusedRequest("bare LF after request line", "GET / HTTP/1.1\nHost: a\n\n", 400),
    RefusedRequest("bare LF after field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
    RefusedRequest("bare LF as empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    RefusedRequest("CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("no host", "GET / HTTP/1.1\r\nX: y\r\n\r\n", 400),
    RefusedRequest("no fields", "GET / HTTP/1.1\r\n\r\n", 400),
    RefusedRequest("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    RefusedRequest("host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    RefusedRequest("two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("tab as blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("blank before method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("blank after version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    RefusedRequest("HTTP/0.9", "GET /\r\n\r\n", 400),
    RefusedRequest("HTTP/0.9 with fields", "GET /\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    RefusedRequest("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    RefusedRequest("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    RefusedRequest("TLS on a plain port", "\u{16}\u{3}\u{1}\r\n\r\n", 400),
    RefusedRequest("method with bracket", "G<T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("star for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("target without slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("stray percent", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("cut escape", "GET /a%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("escaped line end", "GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("overlong slash", "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("up", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("escaped up", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("half escaped up", "GET /.%2e HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("raw Chinese", "GET /证 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("angle bracket in query", "GET /?a=<b> HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    RefusedRequest("unknown expectation", post("Expect: coffee\r\nContent-Length: 5\r\n", "hello"), 417),
    RefusedRequest("chunk size with sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("chunk size 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("chunk size with blank", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("blank before chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("chunk size overflow", chunked("fffffffffffffffff\r\nhello"), 400),
    RefusedRequest("chunk of 2^60", chunked("0fffffffffffff0\r\nhello"), 413),
    RefusedRequest("bare LF after chunk size", chunked("5\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("chunk longer than its size", chunked("3\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("bare LF after chunk", chunked("5\r\nhello\n0\r\n\r\n"), 400),
    RefusedRequest("bare CR in extension", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("bare LF in extension", chunked("5;a\nhello\r\n0\r\n\r\n"), 400),
    RefusedRequest("bare LF in trailer", chunked("0\r\nX: y\n\r\n"), 400),
    RefusedRequest("blank before colon in trailer", chunked("0\r\nX : y\r\n\r\n"), 400),
    RefusedRequest("folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400),
  ]

  private static func post(_ fields: String, _ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
  }

  private static func chunked(_ body: String) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
  }
}
