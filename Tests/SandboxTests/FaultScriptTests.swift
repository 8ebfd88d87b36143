import Testing

@testable import Sandbox

struct FaultScriptTests {
  private func strikes(_ rule: FaultRule, _ calls: Int, seed: UInt64 = 1) -> [Int] {
    let script = FaultScript(seed: seed)
    script.add(rule)
    return (1...calls).filter { _ in script.fault(platform: "p", operation: "o") != nil }
  }

  @Test func `rules strike when they say`() {
    #expect(strikes(FaultRule(.reset), 3) == [1, 2, 3])
    #expect(strikes(FaultRule(.reset, trigger: .call(2)), 5) == [2])
    #expect(strikes(FaultRule(.reset, trigger: .every(3)), 10) == [3, 6, 9])
    #expect(strikes(FaultRule(.reset, trigger: .every(2), most: 2), 10) == [2, 4])
    #expect(strikes(FaultRule(.reset, trigger: .every(0)), 10) == [])
    #expect(strikes(FaultRule(.reset, platform: "q"), 3) == [])
    #expect(strikes(FaultRule(.reset, platform: "p", operation: "x"), 3) == [])
  }

  @Test func `probability keeps its promise and its seed`() {
    let rule = FaultRule(.reset, trigger: .probability(0.2))
    let struck = strikes(rule, 10_000)
    #expect((1_800...2_200).contains(struck.count))
    #expect(strikes(rule, 10_000) == struck)
    #expect(strikes(rule, 10_000, seed: 2) != struck)
    #expect(strikes(FaultRule(.reset, trigger: .probability(0)), 1_000).isEmpty)
    #expect(strikes(FaultRule(.reset, trigger: .probability(1)), 1_000).count == 1_000)
  }

  @Test func `the first rule that strikes wins, all count`() {
    let script = FaultScript(seed: 1)
    script.add(FaultRule(.htmlPage, trigger: .every(2)))
    let second = script.add(FaultRule(.reset))
    #expect(script.fault(platform: "p", operation: "o") == .reset)
    #expect(script.fault(platform: "p", operation: "o") == .htmlPage)
    #expect(script.entries.map(\.matched) == [2, 2])
    #expect(script.entries.map(\.struck) == [1, 1])
    #expect(script.remove(second) && !script.remove(second))
    #expect(script.fault(platform: "p", operation: "o") == nil)
  }
}
