import Exchanges
import Testing

@Suite struct RedactionTests {
  let redaction = Redaction(
    headerNames: ["gjgxjhpt_sign", "X-TIF-Signature"], queryNames: ["sign", "appKey"])

  @Test func replacesNamedHeadersWithoutCase() {
    let headers = [
      ExchangeHeader(name: "Gjgxjhpt_Sign", value: "abc"),
      ExchangeHeader(name: "x-tif-signature", value: "abc"),
      ExchangeHeader(name: "AUTHORIZATION", value: "Bearer abc"),
      ExchangeHeader(name: "Set-Cookie", value: "a=abc"),
      ExchangeHeader(name: "gjgxjhpt_rid", value: "r1"),
      ExchangeHeader(name: "gjgxjhpt_sign", value: "twice"),
    ]
    let result = redaction.redact(headers)
    #expect(result.map(\.name) == headers.map(\.name))
    #expect(result.map(\.value) == ["REDACTED", "REDACTED", "REDACTED", "REDACTED", "r1", "REDACTED"])
  }

  @Test(arguments: [
    ("https://h/p?sign=abc&page=2", "https://h/p?sign=REDACTED&page=2"),
    ("https://h/p?page=2&SIGN=abc", "https://h/p?page=2&SIGN=REDACTED"),
    ("https://h/p?page=2;appkey=abc#x", "https://h/p?page=2;appkey=REDACTED#x"),
    ("https://h/p?s%69gn=abc", "https://h/p?s%69gn=REDACTED"),
    ("https://h/p?sign=a=b&x=1", "https://h/p?sign=REDACTED&x=1"),
    ("https://h/p?sign", "https://h/p?sign"),
    ("https://h/p?sign=", "https://h/p?sign=REDACTED"),
    ("https://h/p#sign=abc", "https://h/p#sign=REDACTED"),
    ("https://h/p?a=1?sign=abc", "https://h/p?a=1?sign=REDACTED"),
    ("https://user:pw@h:8443/p?x=1", "https://REDACTED@h:8443/p?x=1"),
    ("https://a@b@h/p@q", "https://REDACTED@h/p@q"),
    ("https://h/p", "https://h/p"), ("", ""), ("?sign=abc", "?sign=REDACTED"), ("/p?%", "/p?%"),
    ("https://h/p?名=值&sign=密", "https://h/p?名=值&sign=REDACTED"),
    ("https://h/p?signature=1", "https://h/p?signature=1"),
    ("https://h/p?&&sign=abc&", "https://h/p?&&sign=REDACTED&"), ("//u@h", "//REDACTED@h"),
    ("https://h/p?x=https://u@v/", "https://h/p?x=https://u@v/"),
  ])
  func replacesQueryValues(address: String, expected: String) {
    #expect(redaction.redact(address: address) == expected)
  }
}
