import Crypto
import HTTPTransport
import Synchronization
import Testing

@testable import zhengdian

@Suite struct ServeTests {
  private final class Ending: Sendable {
    let hasCome = Atomic(false)
  }

  /// A site that schedules nothing answers all the same, until it is told to stop.
  @Test func aSiteWithoutSchedulesStays() async throws {
    try await TemporaryFolder.use { folder in
      try OutputFile.write(try KeyRing.freshLine(id: "test"), to: "\(folder.path)/keys")
      let file = try folder.write(
        "zhengdian.yaml", "database: a.sqlite\nkeys: {file: keys}\nlisten: {port: 0}\nplatforms: {}\n")
      let stop = StopSignal()
      let errors = Output()
      let program = Program(
        environment: Environment(["ZHENGDIAN_HOME": DocumentationPage.root]), input: .bytes([]),
        output: Output(), errors: errors, stop: stop)
      let ending = Ending()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          #expect(await program.run(["serve", "--config", file]) == .done)
          ending.hasCome.store(true, ordering: .releasing)
        }
        defer { stop.request() }
        var port: Int?
        while port == nil, !ending.hasCome.load(ordering: .acquiring) {
          port = Self.port(in: errors.captured)
          await Task.yield()
        }
        let url = "http://127.0.0.1:\(try #require(port))/health/live"
        let http = try HTTPClient(
          configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
        for _ in 0..<50 {
          let answer = try await http.send(HTTPRequest(method: "GET", url: url, timeouts: Timeouts()))
          #expect(answer.status == 200)
        }
        await http.shutdown()
        let endedByItself = ending.hasCome.load(ordering: .acquiring)
        #expect(!endedByItself)
        stop.request()
        try await group.waitForAll()
      }
      #expect(errors.captured.contains("gateway closed"))
    }
  }

  /// From the log line that says where it answers.
  private static func port(in log: String) -> Int? {
    guard let start = log.firstRange(of: "\"port\":") else { return nil }
    let digits = log[start.upperBound...].prefix { $0.isNumber }
    return log[start.upperBound...].contains("}") ? Int(digits) : nil
  }
}
