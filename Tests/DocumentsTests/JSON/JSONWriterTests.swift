import Documents
import Testing

struct JSONWriterTests {
  @Test func writesNestedValues() {
    var writer = JSONWriter()
    writer.object {
      $0.member("name", "张三 \"x\"\n\u{1}")
      $0.member("count", 3)
      $0.member("share", 0.5)
      $0.member("valid", true)
      $0.member("rows") {
        $0.array {
          $0.integer(-1)
          $0.number(written: "1.10")
          $0.null()
          $0.array { _ in }
          $0.object { _ in }
        }
      }
      $0.member("tags", ["a", "b"])
      $0.member("gone", String?.none)
      $0.memberIfPresent("absent", String?.none)
    }
    #expect(
      writer.text == #"{"name":"张三 \"x\"\n\u0001","count":3,"share":0.5,"valid":true,"#
        + #""rows":[-1,1.10,null,[],{}],"tags":["a","b"],"gone":null}"#)
  }

  @Test func laysOutPretty() {
    var writer = JSONWriter(layout: .pretty(indent: 2))
    writer.object {
      $0.member("a", 1)
      $0.member("b") {
        $0.array {
          $0.string("x"); $0.array { _ in }
        }
      }
    }
    #expect(writer.text == "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    []\n  ]\n}")
  }

  @Test func writesOneValueALine() {
    var writer = JSONWriter()
    writer.integer(1)
    writer.array { $0.integer(2) }
    #expect(writer.text == "1\n[2]")
  }

  @Test func copiesValuesAsWritten() throws {
    let text = #"{ "a" : [ 1.10 , -0, "\u0041\/", {"b":null} ], "\u0061b": true }"#
    var writer = JSONWriter()
    writer.object { try? $0.member("copy", JSONDocument(parsing: text).root) }
    #expect(writer.text == #"{"copy":{"a":[1.10,-0,"\u0041\/",{"b":null}],"\u0061b":true}}"#)
  }

  @Test func refusesWhatWouldNotBeJSON() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.object { $0.string("no name") }
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.number(written: "01")
    }
  }
}
