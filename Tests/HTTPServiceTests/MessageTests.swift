import Glibc
import TestSupport
import Testing

@testable import HTTPService

@Suite struct MessageTests {
  @Test func fieldsIgnoreCase() {
    var fields: HTTPFields = ["Content-Type": "a", "X-A": "1"]
    fields.append("x-a", "2")
    #expect(fields["content-TYPE"] == "a")
    #expect(fields.values("X-a") == ["1", "2"])
    #expect(fields["X_A"] == nil)
    fields["X-A"] = "3"
    #expect(fields.values("x-a") == ["3"])
    fields["x-a"] = nil
    #expect(fields.map(\.name) == ["Content-Type"])
    // Only letters fold: "@" and "`" differ by the same bit and are not the same.
    #expect(!HTTPFields.equal("a@", "a`"))
  }

  @Test func fieldsHoldWords() {
    let fields: HTTPFields = ["Connection": "Keep-Alive, \tClose "]
    #expect(fields.contains("connection", word: "close"))
    #expect(fields.contains("connection", word: "keep-alive"))
    #expect(!fields.contains("connection", word: "clos"))
    #expect(!fields.contains("upgrade", word: "close"))
  }

  static let escapes: [(String, String?)] = [
    ("", ""), ("abc", "abc"), ("%41%62", "Ab"), ("%E8%AF%81", "证"), ("a+b", "a+b"), ("%", nil), ("%4", nil),
    ("%4g", nil), ("% 41", nil), ("%+1", nil), ("%FF", nil), ("%C0%AF", nil), ("%ED%A0%80", nil),
    ("%2525", "%25"),
    ("%00", "\0"),
  ]

  @Test(arguments: escapes)
  func decodesStrictly(_ text: String, _ expected: String?) {
    #expect(PercentEncoding.decode(text) == expected)
  }

  @Test func encodingIsUndone() {
    let text = "a b/证%+?&=~._-\n"
    let encoded = PercentEncoding.encode(text)
    #expect(encoded == "a%20b%2F%E8%AF%81%25%2B%3F%26%3D~._-%0A")
    #expect(PercentEncoding.decode(encoded) == text)
  }

  @Test func readsQueries() throws {
    let query = try #require(HTTPQuery("a=1&b=%E8%AF%81+x&&a=2&flag&c=d=e"))
    #expect(query["a"] == "1")
    #expect(query.values("a") == ["1", "2"])
    #expect(query["b"] == "证 x")
    #expect(query["flag"] == "")
    #expect(query["c"] == "d=e")
    #expect(query["none"] == nil)
    #expect(query.items.count == 5)
    #expect(HTTPQuery("a=%zz") == nil)
    #expect(HTTPQuery("%ff=1") == nil)
  }

  /// Against the C library, over all of what a 64-bit clock will show in our lifetime.
  @Test func datesAreThoseOfTheSystem() {
    var random = SplitMix64(seed: 7)
    let chosen = [0, 951_782_400, 1_709_164_800, 4_107_542_400, 86399, 86400]
    for seconds in chosen + (0..<2000).map({ _ in Int.random(in: 0...8_000_000_000, using: &random) }) {
      var time = time_t(seconds)
      var parts = unsafe tm()
      unsafe gmtime_r(&time, &parts)
      var buffer = [CChar](repeating: 0, count: 64)
      let count = unsafe strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
      let expected = buffer.prefix(count).map { UInt8(bitPattern: $0) }
      #expect(HTTPDate.format(seconds) == expected)
    }
  }

  @Test func eventsCannotBeBroken() {
    let event = ServerSentEvent(data: "a\r\nb\n\nc\rd", event: "x\ndata: y", id: "1\r2", retry: 5)
    #expect(
      String(decoding: event.bytes, as: UTF8.self)
        == "id: 12\nevent: xdata: y\nretry: 5\ndata: a\ndata: b\ndata: \ndata: c\ndata: d\n\n")
    #expect(String(decoding: ServerSentEvent(data: "").bytes, as: UTF8.self) == "data: \n\n")
  }
}
