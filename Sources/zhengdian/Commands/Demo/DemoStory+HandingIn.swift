import Adapters
import Applications
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Exchanges
import Pushing
import Registry
import Replay
import Sandbox

/// The way out: permits, an objection, and old messages understood once more.
extension DemoStory {
  /// Exits with a failure where anything comes out otherwise than it must.
  func showHandingIn() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      let work = site.work
      group.addTask { await work.run() }
      try await showPermits()
      try await showObjection()
      try await showReplay()
      try await showCase()
      group.cancelAll()
    }
  }

  private func showPermits() async throws {
    scene(
      "7  Permits handed in: journaled before the first byte leaves, sent once, whatever becomes of the answer"
    )
    // The window takes the application, and its answer never arrives.
    sandbox.faults.add(
      FaultRule(.resetAfter, platform: "hangzhou-permits", operation: "greening", trigger: .call(1)))
    for (item, expected) in [("route-planning", PushState.accepted), ("greening", .unknown)] {
      guard let route = site.pushing.route("hangzhou-permits", item) else {
        throw CommandFailure(.failure, "the site hands in no \(item)")
      }
      let ticket = try await site.pushing.pushes.submit(
        PushRequest(record: try Self.application(item), requestID: "demo"), by: route)
      var push = try await decided(ticket.id)
      guard push.state == expected else {
        throw CommandFailure(.failure, "push \(push.id) is \(push.state.rawValue), not \(expected.rawValue)")
      }
      try await show(push)
      guard push.state == .unknown else { continue }
      // Nobody can ask this window; a person finds out.
      push = try await site.pushing.pushes.decide(
        .happened(receipt: sandbox.permitCases.last?.receipt), about: push.id,
        by: SignOff(name: "counter-07", reason: "asked at the window: they have it"))
      try await show(push)
    }
  }

  private func showObjection() async throws {
    scene("8  Two platforms disagree about a deed: both words are kept, and the weaker one is told (数据异议)")
    let found = try await site.gateway.registry.disagreements(
      DisagreementFilter(platform: "hangzhou-data", states: [.open], limit: 1))
    guard let first = found.first else { throw CommandFailure(.failure, "nobody disagrees") }
    let ticket = try await ObjectionDesk(site.gateway, site.pushing).object(to: first.id, requestID: "demo")
    let push = try await decided(ticket.id)
    guard push.state == .accepted else {
      throw CommandFailure(.failure, "the objection is \(push.state.rawValue)")
    }
    if isForPeople {
      output.line(
        "  \(first.field): \(first.platforms.joined(separator: " and ")), \(first.prevailing) counts")
    }
    try await show(push)
  }

  private func showReplay() async throws {
    scene("9  Replay: what was received is understood once more, by a plan; no platform is called")
    let (replays, library) = (site.replaying.replays, site.replaying.library)
    let query = ReplayQuery(platform: "hangzhou-investment", operation: "projects")
    var terms = ReplayTerms()
    terms.rate = 1000
    let outlook = try await library.look(for: query, depth: .remap, terms: terms, now: .now())
    let signOff = try SignOff(name: "counter-07", reason: "to see that nothing changes")
    let id = try await replays.keep(
      query, depth: .remap, terms: terms, outlook: outlook, by: signOff)
    _ = try await replays.start(id, by: signOff, with: library)
    var replay = try await replays.replay(id)
    while replay.state.isUnderWay {
      try await Task.sleep(for: .milliseconds(20))
      replay = try await replays.replay(id)
    }
    let records = try await replays.records(of: id)
    if isForPeople {
      ReplayView.write(replay, to: output)
    } else {
      output.json { ReplayWriter.writeMembers(replay, to: &$0) }
    }
    guard replay.state == .completed, replay.counts.failed == 0, records.new + records.changed == 0 else {
      throw CommandFailure(.failure, "the replay is \(replay.state.rawValue), or changed something")
    }
  }

  /// The push once nothing more happens to it by itself.
  private func decided(_ id: PushID) async throws -> Push {
    while true {
      if let push = try await site.pushing.pushes.push(id), push.state != .queued, push.state != .sending {
        return push
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func show(_ push: Push) async throws {
    guard isForPeople else {
      output.json { PushWriter.writeMembers(push, to: &$0) }
      return
    }
    let receipt = try await site.pushing.pushes.acknowledgement(of: push.id)?.receipt
    let word =
      push.state == .accepted ? output.paint("accepted", .green) : output.paint(push.state.rawValue, .red)
    output.line("  \(push.platform)/\(push.operation): \(word)\(receipt.map { ", receipt \($0)" } ?? "")")
  }

  private static func application(_ item: String) throws -> ApplicationRecord {
    try ApplicationRecord(
      decoding: Array(
        """
        {"kind":"permit-application","applicationNumber":"DEMO-1","projectName":"拟东线","itemCode":"\(item)",
         "applicant":{"name":"拟电力公司","code":"91330199TX0000001W","codeType":"001"},"location":"拟路","areaCode":"330199",
         "startDate":"2026-03-01","endDate":"2026-04-01","lineLength":"1250.5","voltage":"10","occupiedArea":"3",
         "diggingLength":"86.4","greenArea":"30","promise":true}
        """.utf8))
  }
}
