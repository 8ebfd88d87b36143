@testable import Adapters
import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Sandbox
import Testing

/// Whatever a window can say is understood.
@Suite struct WindowStateTests {
  static let windows = ["henan", "xinxian", "chongqing", "changzhou", "hangzhou"]

  /// Each word that the simulated window has stands in the region's manifest, wherever it can be told: in what is asked and in what
  /// the window calls for.
  @Test(arguments: windows) func everyWordOfAWindowHasAMeaning(_ region: String) throws {
    let words = try #require(try Sandbox(Self.small).permitWords[region + "-permits"])
    #expect(words.count >= 14)
    let adapter = try #require(Library.adapters.adapter(region + "/permits"))
    let name = try #require(adapter.window?.progress)
    guard case .probe(let probe)? = adapter.operation(name)?.purpose else {
      return #expect(Bool(false), "\(name) asks nothing")
    }
    let meanings = try #require(probe.progress).states
    #expect(words.subtracting(meanings.keys).isEmpty)
    for operation in adapter.inbound {
      #expect(operation.message.progress?.states == meanings, "\(operation.name)")
    }
  }

  /// 办理状态 1 to 15, each by its meaning, wherever a manifest says that it reads them.
  @Test(arguments: windows) func everyStateOfTheTablesHasItsMeaning(_ region: String) throws {
    let adapter = try #require(Library.adapters.adapter(region + "/permits"))
    guard case .probe(let probe)? = adapter.window?.progress.flatMap({ adapter.operation($0) })?.purpose,
      let meanings = probe.progress?.states
    else { return #expect(Bool(false), "\(region) is not asked") }
    guard adapter.note?.contains("BLZT") == true else {
      // A window with words of its own: what the tables know and it has no word for is nothing it can say.
      #expect(region == "hangzhou")
      let said = Set(meanings.values)
      let unknown = (1...15).compactMap { PermitEvent(blzt: $0) }.filter { !said.contains($0) }
      #expect(unknown == [.handling])
      return
    }
    let expected = Dictionary(
      uniqueKeysWithValues: try (1...15).map { (String($0), try #require(PermitEvent(blzt: $0))) })
    #expect(meanings == expected)
  }

  private static var small: SandboxConfiguration {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    return configuration
  }

  /// 不受理, the ends of 补正 and of 特别程序 by the window's own word, 撤回 and 撤销, and what the utility takes back.
  @Test(arguments: PermitRegion.all.filter { $0.name != "nation" })
  func statesThatAreRareAreFollowed(_ region: PermitRegion) async throws {
    try await PermitFloor.run(region.window, of: region.area, from: "2026-10-12T09:00:00") { floor in
      let item = region.item
      let id = try await RegionCourseTests.open(region, floor)
      /// What an hour later is known of what the window says at a time.
      func say(_ words: WindowCase.State..., at time: String, _ state: PermitState) async throws {
        try await floor.goOn(to: "2026-10-\(time)")
        for word in words { try await floor.decide(word, [item], of: id) }
        try await floor.pass(seconds: 5400)
        let now = try await floor.item(item, of: id)
        #expect(now.attempt.state == state, "\(words)")
        #expect(PermitProgress(now.events.known()).misfits.isEmpty, "\(words)")
      }
      func again() async throws {
        _ = try await floor.people().retry(PermitPlace(id, item))
        try await floor.work()
      }
      try await say(.notAccepted, at: "12T10:00:00", .refused)
      try await again()
      try await say(.accepted, at: "12T12:00:00", .accepted)
      try await say(.correction, at: "12T14:00:00", .supplement)
      // Brought to the counter.
      try await say(.corrected, at: "12T16:00:00", .accepted)
      #expect(try await floor.lastDay(item, of: id) == region.days.accepted)
      try await say(.special, at: "13T10:00:00", .special)
      try await say(.resumed, at: "14T10:00:00", .accepted)
      #expect(try await floor.lastDay(item, of: id) == region.days.pausedOnce)
      // Given and taken back before anybody asked.
      try await say(.approved, .revoked, at: "14T12:00:00", .revoked)
      try await again()
      try await say(.accepted, at: "14T14:00:00", .accepted)
      try await say(.approved, .recalled, at: "14T16:00:00", .recalled)
      try await again()
      try await floor.goOn(to: "2026-10-15T09:00:00")
      // 撤件: the utility takes it back itself.
      _ = try await floor.people().withdraw(
        PermitPlace(id, item), remarks: nil, by: try PermitFloor.person())
      try await floor.goOn(to: "2026-10-15T10:00:00")
      #expect(try await floor.states([item], of: id) == [.withdrawn])
      #expect(region.cases(floor).map(\.state) == [.notAccepted, .revoked, .recalled, .withdrawn])
    }
  }
}
