import TestSupport
import Testing

@testable import Replay

@Suite struct ReplayMachineTests {
  @Test func aReplayGoesItsWay() throws {
    var machine = ReplayMachine(needsApproval: false, hasCanary: true)
    try machine.apply(.started)
    #expect(machine.state == .canary)
    try machine.apply(.canaryPassed)
    try machine.apply(.stopped)
    // The trial is not repeated.
    try machine.apply(.started)
    #expect(machine.state == .running)
    try machine.apply(.completed)
    #expect(throws: ReplayError.self) { try machine.apply(.started) }
  }

  @Test func nothingStartsWithoutASecondPersonWhereOneIsNeeded() throws {
    var machine = ReplayMachine(needsApproval: true, hasCanary: false)
    #expect(throws: ReplayError.self) { try machine.apply(.started) }
    try machine.apply(.approved)
    try machine.apply(.started)
    #expect(machine.state == .running)
  }

  /// Whatever is asked of it in whatever order.
  @Test func randomWalks() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<20_000 {
      let (needsApproval, hasCanary) = (Bool.random(using: &random), Bool.random(using: &random))
      var machine = ReplayMachine(needsApproval: needsApproval, hasCanary: hasCanary)
      var isApproved = false
      var isTried = !hasCanary
      for _ in 0..<20 {
        guard let event = ReplayEvent.allCases.randomElement(using: &random) else { return }
        let before = machine
        guard let next = machine.state(after: event) else {
          #expect(throws: ReplayError.self) { try machine.apply(event) }
          #expect(machine == before)
          continue
        }
        #expect(!before.state.isFinal)
        #expect(throws: Never.self) { try machine.apply(event) }
        #expect(machine.state == next)
        if event == .approved { isApproved = true }
        if event == .canaryPassed { isTried = true }
        if next.isUnderWay { #expect(!needsApproval || isApproved) }
        if next == .running { #expect(isTried) }
      }
    }
  }
}

@Suite struct ErrorGaugeTests {
  @Test func tooManyFailuresStopIt() {
    var terms = ReplayTerms()
    terms.mostErrors = 20
    var gauge = ErrorGauge(terms)
    for _ in 0..<9 { gauge.add(failed: true) }
    #expect(!gauge.stops(), "too few to judge")
    #expect(gauge.stops(isCanaryOver: true))
    gauge.add(failed: true)
    #expect(gauge.stops())
    for _ in 0..<terms.span { gauge.add(failed: false) }
    #expect(gauge.share == 0)
    #expect(!gauge.stops())
  }

  /// Against counting by hand.
  @Test func theShareIsThatOfTheLatest() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<500 {
      var terms = ReplayTerms()
      terms.span = Int.random(in: 1...60, using: &random)
      terms.mostErrors = Double(Int.random(in: 0...100, using: &random))
      var gauge = ErrorGauge(terms)
      var all: [Bool] = []
      for _ in 0..<Int.random(in: 1...200, using: &random) {
        let failed = Int.random(in: 0..<4, using: &random) == 0
        gauge.add(failed: failed)
        all.append(failed)
        let latest = all.suffix(terms.span)
        let share = Double(latest.count { $0 }) * 100 / Double(latest.count)
        #expect(gauge.share == share)
        #expect(gauge.stops() == (latest.count >= terms.least && share > terms.mostErrors))
      }
    }
  }

  @Test func itemsComeEvenly() {
    var pace = ReplayPace(rate: 50)
    let start = ContinuousClock.now
    var at = start
    for number in 0..<200 {
      at += pace.wait(at: at)
      #expect(at == start + .milliseconds(20) * number)
    }
    // After a long item no burst follows.
    at += .seconds(5)
    #expect(pace.wait(at: at) == .zero)
    #expect(pace.wait(at: at) == .milliseconds(20))
  }
}
