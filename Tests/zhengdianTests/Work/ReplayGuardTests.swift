import Documents
import Sandbox
import Testing

@testable import zhengdian

/// What a permit case follows, in plans that a gateway makes.
@Suite struct ReplayGuardTests {
  private static let reason = "a permit case follows it: 'permit retry' hands it in again"

  private static func leftOut(_ plan: JSONValue) -> [String: Int] {
    let rows = plan["preview"]?["leftOut"]?.elements.map { $0 } ?? []
    return Dictionary(
      rows.map { ($0["reason"]?.string ?? "", $0["count"]?.integer ?? 0) }, uniquingKeysWith: +)
  }

  /// Two are refused: one of a case, and one that was handed in by itself.
  @Test func whatACaseFollowsIsLeftOutWithItsReason() async throws {
    try await ServedSandbox.use { site in
      for call in 1...2 {
        site.sandbox.faults.add(
          FaultRule(
            .refusal, platform: ServedSandbox.permits, operation: "road-digging", trigger: .call(call),
            most: 1))
      }
      let form = try PermitCommandTests.form(site)
      let submitted = await site.run("permit", "submit", form, "--operator", "拟经办")
      #expect(submitted.code == .done, "\(submitted.errors)")
      try await site.serve { port in
        _ = try await site.wait("permit", "show", "1") { shown in
          PermitCommandTests.item(shown, "road-digging")?["state"]?.string == "refused"
        }
        let own = try await site.submit("road-digging", number: "SQ-9")
        _ = try await site.wait(push: own, until: ["refused"])
        let words = [
          "replay", "plan", "hangzhou-permits/road-digging", "--depth", "re-push", "--reason", "x",
        ]
        let run = await site.run(words + ["--json"])
        let plan = try run.json()
        #expect(run.code == .done && plan["items"]?.integer == 1, "\(run.errors)")
        #expect(Self.leftOut(plan) == [Self.reason: 1])
        let text = await site.run(words)
        #expect(text.output.contains(Self.reason), "\(text.output)")
        let told = try await site.post(
          port, "/v1/replays",
          #"{"query": {"platform": "hangzhou-permits", "operation": "road-digging"}, "depth": "re-push", "reason": "x"}"#,
          as: "window-07")
        #expect(told["items"]?.integer == 1 && Self.leftOut(told) == [Self.reason: 1], "\(told)")
        // It goes on by its case.
        let retried = await site.run(
          "permit", "retry", "1", "road-digging", "--reason", "x", "--operator", "拟经办")
        #expect(retried.code == .done, "\(retried.errors)")
        _ = try await site.wait("permit", "show", "1") { shown in
          PermitCommandTests.item(shown, "road-digging")?["state"]?.string == "filed"
        }
      }
    }
  }
}
