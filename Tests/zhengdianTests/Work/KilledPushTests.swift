import Applications
import CivilTime
import Documents
import Gateway
import Glibc
import Pushing
import SQLDatabase
import Sandbox
import Telemetry
import TestSupport
import Testing
@testable import zhengdian

/// `kill -9` of a gateway that hands things in, by the real program: each has happened once, or a person is asked.
@Suite struct KilledPushTests {
  private static let items = ["route-planning", "road-digging", "greening"]
  private static let pushes = 240
  private static let kills = 20
  private static let seed: UInt64 = 20_260_301

  @Test func aKilledGatewayLosesAndDoublesNoPush() async throws {
    let program = try #require(BinaryTests.program, "the program lies beside the tests")
    try await TemporaryFolder.use { folder in
      try Self.writeAdapters(folder)
      try await ServedSandbox.use("adapters: \(folder.path)/Adapters\n") { served in
        let ids = try await Self.submit(served)
        for (kind, number) in [(FaultKind.resetAfter, 11), (.reset, 13), (.badGateway, 17), (.halfBody, 19)] {
          served.sandbox.faults.add(
            FaultRule(kind, platform: ServedSandbox.permits, trigger: .every(number)))
        }
        var chance = SplitMix64(seed: Self.seed)
        for _ in 0..<Self.kills {
          // Told by the calls, so that a slow machine is killed at work too.
          let limit = Self.calls(served) + 1 + chance.next(below: 9)
          let delay = UInt32(chance.next(below: 3_000))
          let status = try await KillTests.run(
            program, "serve", "--config", served.site.configurationFile,
            killWhen: {
              guard Self.calls(served) >= limit else { return false }
              usleep(delay)
              return true
            })
          #expect(status == -SIGKILL)
        }
        try await served.serve { _ in try await Self.waitUntilDecided(served) }
        try await Self.judge(served, ids)
      }
    }
  }

  /// The checkout's, without the rate that protects real windows, and with a window that soon knows what it has.
  private static func writeAdapters(_ folder: TemporaryFolder) throws {
    for file in try LibraryFolder(Checkout.path + "/Adapters").adapters() {
      var text = String(decoding: file.bytes, as: UTF8.self)
      if file.name == "hangzhou/permits" {
        try replace("rate: 20/s", "rate: 2000/s", in: &text)
        try replace("probe: status}", "probe: status, settle: 1s}", in: &text)
      }
      try folder.write("Adapters/\(file.name).yaml", text)
    }
  }

  private static func replace(_ old: String, _ new: String, in text: inout String) throws {
    try #require(text.contains(old))
    text = text.replacing(old, with: new)
  }

  private static func submit(_ served: ServedSandbox) async throws -> Set<Int> {
    let diagnostics = Diagnostics()
    let configuration = try #require(
      SiteConfiguration.read(
        served.site.configurationFile, share: Checkout.path, diagnostics: diagnostics))
    return try await Site.with(configuration, environment: [:], log: .silent) { site in
      let pushes = site.pushing.pushes
      let prepared = try (0..<Self.pushes).map { number in
        let item = items[number % items.count]
        let file = try served.application(item, number: "K-\(number)").record
        let record = try ApplicationRecord(decoding: try InputFile.read(file, most: 1 << 20))
        let attachment = Applications.Attachment(
          name: "a.txt", mediaType: "text/plain", bytes: Array(ServedSandbox.attachment.utf8),
          sm3: try #require(record.attachments.first?.sm3))
        return try pushes.prepare(
          PushRequest(record: record, attachments: [attachment], requestID: "test"),
          by: try #require(site.pushing.route(ServedSandbox.permits, item)))
      }
      return try await pushes.database.write { transaction in
        Set(
          try prepared.map { one in
            Int(try pushes.submit(one, in: transaction, now: .now()).id.rawValue)
          })
      }
    }
  }

  private static func calls(_ served: ServedSandbox) -> Int {
    items.reduce(0) { $0 + served.sandbox.calls(ServedSandbox.permits, $1).calls }
  }

  private static func list(_ served: ServedSandbox) async throws -> [JSONValue] {
    let run = await served.run("push", "list", "--limit", "1000", "--json")
    #expect(run.code == .done, "\(run.errors)")
    return try run.lines.map { try JSONDocument(parsing: $0).root }
  }

  /// Until nothing more happens by itself.
  private static func waitUntilDecided(_ served: ServedSandbox) async throws {
    while try await list(served).contains(where: { push in
      let state = push["state"]?.string
      return state == "queued" || state == "sending"
        || state == "unknown" && push["item"]?.string != "greening"
    }) {
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func judge(_ served: ServedSandbox, _ ids: Set<Int>) async throws {
    var effects: [String: Int] = [:]
    for permit in served.sandbox.permitCases { effects[permit.key, default: 0] += 1 }
    var seen: Set<Int> = []
    for push in try await list(served) {
      let count = effects[push["key"]?.string ?? "", default: 0]
      seen.insert(try #require(push["id"]?.integer))
      let state = push["state"]?.string
      // Of an item nobody can be asked about.
      let isInDoubt = push["item"]?.string == "greening" && state == "unknown" && count <= 1
      #expect(isInDoubt || state == "accepted" && count == 1, "\(push): there \(count) times")
    }
    #expect(seen == ids)
    #expect(effects.values.reduce(0, +) > pushes * 2 / 3)
    #expect(await served.run("journal", "verify").code == .done)
  }
}
