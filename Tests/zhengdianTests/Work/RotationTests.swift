import Crypto
import Documents
import Registry
import Sandbox
import SQLDatabase
import Testing

@testable import zhengdian

/// `keys rotate` on a site that hands things in.
@Suite struct RotationTests {
  private static func fill(_ site: ServedSandbox) async throws -> (signed: Int, waiting: Int) {
    site.fault(.resetAfter, "greening")
    let signed = try await site.submit("greening", number: "SQ-1")
    try await site.serve { _ in _ = try await site.wait(push: signed, until: ["unknown"]) }
    let run = await site.run(
      "push", "sign", "\(signed)", "--happened", "--receipt", "R-7", "--reason", "asked", "--operator", "拟经办")
    #expect(run.code == .done)
    let cancelled = try await site.submit("greening", number: "SQ-2")
    #expect(await site.run("push", "cancel", "\(cancelled)", "--reason", "x").code == .done)
    let plan = await site.run(
      "replay", "plan", "hangzhou-permits/greening", "--depth", "re-push", "--reason", "x", "--operator",
      "拟经办")
    #expect(plan.code == .done, "\(plan.errors)")
    return (signed, try await site.submit("greening", number: "SQ-3"))
  }

  private static func requireReadable(_ site: ServedSandbox, _ pushes: (signed: Int, waiting: Int))
    async throws
  {
    let shown = try await site.run(
      "push", "show", "\(pushes.signed)", "--content", "--purpose", "supply-application", "--operator", "a",
      "--json"
    ).json()
    #expect(shown["receipt"]?.string == "R-7")
    #expect(shown["history"]?.elements.map { $0["by"]?.string }.contains("拟经办") == true)
    #expect(
      try await site.run("replay", "status", "1", "--json").json()["history"]?[0]?["by"]?.string == "拟经办")
    try await site.serve { _ in _ = try await site.wait(push: pushes.waiting, until: ["accepted"]) }
  }

  @Test func everythingIsSealedAnewAndGoesOn() async throws {
    try await ServedSandbox.use { site in
      let pushes = try await Self.fill(site)
      #expect(await site.run("keys", "new", site.site.keyFile, "--id", "second").code == .done)
      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let counts = try run.json()
      // Three pushes of three parts, a receipt, two signatures.
      #expect(counts["pushValues"]?.integer == 12 && counts["replayEntries"]?.integer == 1)
      #expect((counts["workItems"]?.integer ?? 0) >= 1)
      let again = try await site.run("keys", "rotate", "--json").json()
      #expect(again["newColumnKey"]?.integer == 4, "the first was finished: this is a new one")
      let standings = try await site.run("keys", "check", "--json").json()["masterKeys"]?.elements.map {
        $0["standing"]?.string
      }
      #expect(
        standings?.contains("not needed by this database") == true && standings?.contains("needed") == false)
      try await Self.requireReadable(site, pushes)
    }
  }

  /// Broken off when the records were done: they do not tell it any more.
  @Test func aRotationThatWasBrokenOffGoesOn() async throws {
    try await ServedSandbox.use { site in
      let pushes = try await Self.fill(site)
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      let keys = try await RegistryKeys.rotate(database, ring: try KeyRing(file: site.site.keyFile))
      let registry = Registry(database: database, keys: keys)
      #expect(try await registry.resealOutdated(after: 0, limit: 1_000_000).next == nil)
      await database.close()
      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done && run.errors.contains("going on with its column key 3"), "\(run.errors)")
      #expect(try run.json()["pushValues"]?.integer == 12)
      try await Self.requireReadable(site, pushes)
    }
  }
}
