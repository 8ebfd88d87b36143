internal import CCurl
import Glibc

/// Internationalised names, converted by the library that also makes the connection.
enum IDN {
  /// `中国政务.政务` as `xn--…`. What comes back must be checked like any other host: full-width digits and dots
  /// turn into plain ones here.
  static func ascii(_ name: String) throws(TransportError) -> String {
    guard !name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == 0x2F || $0 == 0x40 || $0 == 0x25 })
    else {
      throw notAName
    }
    CurlLibrary.prepare()
    // libidn2 reads the name in the thread's character set, which is ASCII unless a program asks for another.
    guard let utf8 = unsafe newlocale(Int32(LC_CTYPE_MASK), "C.UTF-8", nil) else { throw notAName }
    let before = unsafe uselocale(utf8)
    defer {
      unsafe uselocale(before)
      unsafe freelocale(utf8)
    }
    guard let parts = unsafe curl_url() else { throw notAName }
    defer { unsafe curl_url_cleanup(parts) }
    var host: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_set(parts, CURLUPART_URL, "http://\(name)/", 0) == CURLUE_OK,
      unsafe curl_url_get(parts, CURLUPART_HOST, &host, UInt32(CURLU_PUNYCODE)) == CURLUE_OK,
      let text = unsafe host
    else { throw notAName }
    defer { unsafe curl_free(text) }
    let ascii = unsafe String(cString: text)
    guard ascii.utf8.allSatisfy({ $0 < 0x80 }) else { throw notAName }
    return ascii
  }

  private static var notAName: TransportError {
    .invalidURL("the host is not a valid internationalised name", remedy: "Write it in its xn--… form.")
  }
}
