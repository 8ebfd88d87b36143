import Certificates
import CivilTime
import Crypto
import HTTPTransport
import Sandbox
import Testing

struct RealEstateXMLTests {
  @Test func `pages hold four tables joined by the unit number`() async throws {
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      var units: Set<String> = []
      var holders: [String: Int] = [:]
      var seized = 0
      for number in 1...4 {
        var message = caller.message()
        message.number = String(number)
        let reply = try await caller.call(caller.request(message))
        #expect(reply.hasPrefix("<?xml version=\"1.0\" encoding=\"GB18030\"?>"))
        #expect(reply.element("TotalCount") == "400")
        #expect(reply.element("PageNo") == String(number))
        #expect(reply.element("BizMsgID") == message.id)
        let houses = reply.rows("KTT_FW_H")
        #expect(houses.count == 100 && reply.element("CertCount") == "100")
        #expect(reply.rows("QLT_FW_FDCQ_YZ").map { $0["BDCDYH"] } == houses.map { $0["BDCDYH"] })
        #expect(reply.rows("DJT_DJ_SL").map { $0["BDCDYH"] } == houses.map { $0["BDCDYH"] })
        units.formUnion(houses.compactMap { $0["BDCDYH"] })
        for row in reply.rows("ZTT_GY_QLR") {
          let unit = try #require(row["BDCDYH"])
          holders[unit, default: 0] += 1
          #expect(row["SXH"] == String(holders[unit] ?? 0))
          let kind = row["ZJZL"] == "1" ? IdentifierKind.citizenNumber : .socialCreditCode
          #expect(Identifier.inspect(kind, row["ZJH"] ?? "").isValid)
        }
        for row in reply.rows("QLT_FW_FDCQ_YZ") {
          #expect(Identifier.inspect(.deedNumber, row["BDCQZH"] ?? "").isValid)
          if row["DJLX"] == "800" { seized += 1 }
        }
      }
      #expect(units.count == 400)
      #expect(Set(holders.values) == [1, 2, 3, 4] && Set(holders.keys) == units)
      #expect(seized > 0)
    }
  }

  @Test func `a message in GB18030 is read too, also with a window`() async throws {
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      var message = caller.message()
      message.from = "2021-01-01 00:00:00"
      message.to = "2021-07-01 00:00:00"
      let bytes = Array(
        String(decoding: message.bytes, as: UTF8.self)
          .split(separator: "UTF-8").joined(separator: "GB18030").utf8)
      let reply = try await caller.call(caller.request(bytes))
      let total = try #require(reply.element("TotalCount").flatMap { Int($0) })
      #expect(total > 0 && total < 100)
      #expect(
        reply.rows("KTT_FW_H").allSatisfy {
          ($0["GXSJ"] ?? "") >= "2021-01-01" && ($0["GXSJ"] ?? "") < "2021-07-01"
        })
    }
  }

  @Test func `every refusal is made`() async throws {
    let configuration = Bench.configuration {
      $0.limits.pageSize = 100
      $0.limits.perDay = 2
    }
    try await Bench.run(configuration) { bench in
      let caller = try RealEstateCaller(bench)
      func code(_ change: (inout RealEstateCaller.Message) -> Void) async throws -> String? {
        var message = caller.message()
        change(&message)
        let reply = try await caller.call(caller.request(message))
        #expect((reply.element("SuccessFlag") == "0") == (reply.element("ResponseCode") != nil))
        return reply.element("ResponseCode")
      }
      #expect(try await code { $0.key = "other" } == "1001")
      #expect(try await code { $0.asid = "AS000000" } == "1002")
      #expect(try await code { $0.created = "20200101000000" } == "1003")
      #expect(try await code { $0.id = "320400000101abcdef" } == "1005")
      #expect(try await code { $0.area = "999999" } == "1005")
      #expect(try await code { $0.created = "now" } == "1005")
      #expect(try await code { $0.number = "0" } == "1005")
      #expect(try await code { $0.from = "soon" } == "1005")
      #expect(try await code { _ in } == "1007", "the two calls before were signed and used the quota of two")
    }
  }

  @Test func `a message is taken once, a page is not larger than allowed`() async throws {
    try await Bench.run(Bench.configuration { $0.limits.pageSize = 100 }) { bench in
      let caller = try RealEstateCaller(bench)
      let message = caller.message()
      #expect(try await caller.call(caller.request(message)).element("ResponseCode") == nil)
      #expect(try await caller.call(caller.request(message)).element("ResponseCode") == "1004")
      var large = caller.message()
      large.size = "101"
      #expect(try await caller.call(caller.request(large)).element("ResponseCode") == "1006")
      #expect(try await caller.call(caller.request([], method: "GET")).element("ResponseCode") == "1008")
      #expect(try await caller.call(caller.request([], path: "/else")).element("ResponseCode") == "1009")
    }
  }

  @Test(arguments: [
    "", "no XML", "<Message>", "<Message></Massage>", "<Message a=b/>", "<!DOCTYPE x><Message/>",
    "<Message><Head><BizMsgID>1</BizMsgID></Head></Message>", "<Other/>",
    "<a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a>", "<Message><Head/></Message>trailing",
    "<Message><Head/><Data><Query PageNo=\"1\" PageSize=\"1\"/></Data></Message>",
  ])
  func `a message that is none is refused`(body: String) async throws {
    try await Bench.run { bench in
      let caller = try RealEstateCaller(bench)
      #expect(try await caller.call(caller.request(Array(body.utf8))).element("ResponseCode") == "1005")
    }
  }
}
