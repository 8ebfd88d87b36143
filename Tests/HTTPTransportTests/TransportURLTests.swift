import Testing

@testable import HTTPTransport

@Suite struct TransportURLTests {
  @Test(arguments: [
    ("http://a.gov.cn", "http://a.gov.cn:80", "http://a.gov.cn/"),
    ("HTTPS://A.GOV.CN/Path?Q=1", "https://a.gov.cn:443", "https://a.gov.cn/Path?Q=1"),
    ("https://a.gov.cn.:443/", "https://a.gov.cn:443", "https://a.gov.cn/"),
    ("http://a.gov.cn:8080?x=1", "http://a.gov.cn:8080", "http://a.gov.cn:8080/?x=1"),
    ("http://a.gov.cn/a/../b#f?x", "http://a.gov.cn:80", "http://a.gov.cn/a/../b"),
    ("http://a.gov.cn#f", "http://a.gov.cn:80", "http://a.gov.cn/"),
    ("http://a_b.gov.cn/", "http://a_b.gov.cn:80", "http://a_b.gov.cn/"),
    ("http://10.1.2.3:99/", "http://10.1.2.3:99", "http://10.1.2.3:99/"),
    ("http://10.1.2.3./", "http://10.1.2.3:80", "http://10.1.2.3/"),
    ("http://[2001:DB8:0::1]:8443/x", "http://[2001:db8::1]:8443", "http://[2001:db8::1]:8443/x"),
    ("http://[::ffff:10.0.0.1]/", "http://10.0.0.1:80", "http://10.0.0.1/"),
    ("http://政务.cn/x", "http://xn--zfr164b.cn:80", "http://xn--zfr164b.cn/x"),
    ("http://BÜCHER.example/", "http://xn--bcher-kva.example:80", "http://xn--bcher-kva.example/"),
    // Full-width digits and the ideographic full stop are plain ones to IDN.
    ("http://１２７．０．０．１/", "http://127.0.0.1:80", "http://127.0.0.1/"),
    ("http://127。0。0。1/", "http://127.0.0.1:80", "http://127.0.0.1/"),
    ("http://ＬＯＣＡＬＨＯＳＴ/", "http://localhost:80", "http://localhost/"),
    ("http://a.gov.cn/q?u=http://b@c/", "http://a.gov.cn:80", "http://a.gov.cn/q?u=http://b@c/"),
  ])
  func isReadOneWay(text: String, origin: String, sent: String) throws {
    let url = try TransportURL(parsing: text)
    #expect(url.origin == origin)
    #expect(url.text == sent)
    // What is sent reads back as the same place.
    #expect(try TransportURL(parsing: url.text) == url)
  }

  @Test(arguments: [
    "", "a.gov.cn", "//a.gov.cn/", "ftp://a.gov.cn/", "file:///etc/passwd", "javascript:alert(1)", "http:/a/",
    "http:a",
    "http://", "http:///x", "http://:80/", "http://user@a.gov.cn/", "http://user:pw@a.gov.cn/",
    "http://a.gov.cn@evil.cn/", "http://evil.cn\\@a.gov.cn/", "http://a.gov.cn\\x", "http://a.gov.cn:0/",
    "http://a.gov.cn:65536/", "http://a.gov.cn:-1/", "http://a.gov.cn:/", "http://a.gov.cn:8a/",
    "http://a.gov.cn:80:80/", "http://a..gov.cn/", "http://.a.gov.cn/", "http://a.gov.cn../",
    "http://a%2egov.cn/",
    "http://%31%32%37.0.0.1/", "http://a gov.cn/", "http://a.gov.cn/a b", "http://a.gov.cn/\r\nX: y",
    "http://a.gov.cn/\0", "http://a.gov.cn/办电", "http://a.gov.cn\n/", " http://a.gov.cn/",
    "http://a.gov.cn/ ",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/",
    "http://127.0.0.01/", "http://127.0.0.256/", "http://1.2.3.4.5/", "http://a.1/", "http://0x/",
    "http://①②⑦.1/",
    "http://[::1/", "http://::1/", "http://[::1%25eth0]/", "http://[::1]x/", "http://[]/",
    "http://[127.0.0.1]/",
    "http://[v1.a]/", "http://a.gov.cn/<script>\u{7F}", "http://a\u{00AD}\u{200B}.gov.cn/\u{2028}",
    "http://ａ.gov.cn／x/", "http://a℀b.cn/", "http://a＠b.cn/", "http://a：80/",
    "http://😀%40.cn/",
    "http://" + String(repeating: "a", count: 64) + ".cn/",
    "http://" + String(repeating: "a.", count: 130) + "cn/",
  ])
  func isRefused(text: String) {
    #expect(throws: TransportError.self) { try TransportURL(parsing: text) }
  }

  @Test func refusalsDoNotRepeatTheURL() {
    do throws(TransportError) {
      _ = try TransportURL(parsing: "http://a.gov.cn/330106199001011234 x")
      Issue.record("a blank was let through")
    } catch {
      #expect(error.code == .invalidURL)
      #expect(!error.debugDescription.contains("330106"))
    }
  }
}
