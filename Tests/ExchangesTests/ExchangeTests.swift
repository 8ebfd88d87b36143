import CivilTime
import Exchanges
import Testing

@Suite struct ExchangeTests {
  @Test func wordsAreStable() {
    #expect(Outcome.allCases.map(\.rawValue) == ["succeeded", "rejected", "failed", "unknown"])
    #expect(
      ErrorClass.allCases.map(\.rawValue)
        == ["configuration", "credentials", "rate", "transient", "platform", "data", "drift"])
    #expect(ExchangeDirection.allCases.map(\.rawValue) == ["outbound", "inbound"])
  }

  @Test func descriptionNamesNobody() {
    let exchange = Exchange(
      platform: "zj-data", operation: "licences", method: "GET",
      address: "https://h/p?idNumber=110101199003070000",
      requestHeaders: [ExchangeHeader(name: "n", value: "张三")],
      requestBody: Array("张三".utf8), status: 200, responseBody: Array("张三".utf8),
      created: Timestamp(milliseconds: 0), outcome: .succeeded, requestID: "r1")
    #expect(exchange.description == "zj-data/licences outbound GET 200 succeeded")
    #expect(exchange.attempt == 1)
    #expect(exchange.recorded == nil)
  }

  @Test func problemSaysWhatToDo() {
    let problem = ExchangeProblem(
      code: "quota", errorClass: .rate, message: "daily quota used up", remedy: "wait until 00:00")
    #expect(problem.description == "quota: daily quota used up (wait until 00:00)")
    #expect(
      ExchangeProblem(code: "a", errorClass: .data, message: "b", remedy: "").description == "a: b")
  }

  @Test func identifiersOrder() {
    #expect(ExchangeID(9) < ExchangeID(rawValue: 10))
    #expect(ExchangeID(10).description == "10")
  }

  @Test func locatorKnowsItsForm() {
    #expect(RecordLocator(path: "$['datas'][3]")?.form == .json)
    #expect(RecordLocator(path: "/Message/Data/KTT_FW_H[4]")?.form == .xml)
    #expect(RecordLocator(path: "datas[3]") == nil)
    #expect(RecordLocator(path: "") == nil)
  }
}
