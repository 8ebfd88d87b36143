import HTTPService
import Testing

@testable import Sandbox

@Suite struct MultipartReaderTests {
  private static let whole = """
    --b\r\nContent-Disposition: form-data; name="data"\r\nContent-Type: application/json\r\n\r\n{"a":"--b"}\r\n\
    --b\r\nContent-Disposition: form-data; name="file"; filename="图.txt"\r\n\r\nx\r\n-y\r\n--b--\r\n
    """

  private static func read(_ body: String) -> MultipartReader? {
    MultipartReader(
      HTTPServerRequest(
        method: "POST", path: "/", headers: ["Content-Type": "multipart/form-data; boundary=b"],
        body: Array(body.utf8)))
  }

  @Test func partsAreReadAsTheyAre() throws {
    let reader = try #require(Self.read(Self.whole))
    #expect(reader.text("data") == #"{"a":"--b"}"# && reader.text("nothing") == nil)
    #expect(reader.parts.map(\.file) == [nil, "图.txt"])
    #expect(reader.text("file") == "x\r\n-y")
  }

  @Test func whatIsCutIsNone() {
    for length in 0..<(Self.whole.utf8.count - 4) {
      let cut = String(decoding: Self.whole.utf8.prefix(length), as: UTF8.self)
      #expect(Self.read(cut)?.parts.count == nil, "\(length)")
    }
  }
}
