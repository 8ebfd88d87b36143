import Access
import CivilTime
import Crypto
import Documents
import Gateway
import Glibc
import Journal
import Registry
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct KeysCommandTests {
  @Test func makesAFileForItsOwnerAndAppends() async throws {
    try await TemporaryFolder.use { folder in
      let path = "\(folder.path)/keys"
      let first = await CommandRun("keys", "new", path, "--id", "a")
      #expect(first.code == .done, "\(first.errors)")
      var status = stat()
      #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let line = String(decoding: try InputFile.read(path, most: 1000), as: UTF8.self)
      // The key itself is never shown.
      let key = try #require(line.split(separator: " ").last?.dropLast())
      #expect(key.utf8.count == 64 && !first.output.contains(key))

      #expect(await CommandRun("keys", "new", path).code == .done)
      let ring = try KeyRing(file: path)
      let month = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date.description.prefix(7)
      #expect(ring.ids == ["a", String(month)])
      #expect(String(decoding: try InputFile.read(path, most: 1000), as: UTF8.self).hasPrefix(line))
      #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(await CommandRun("keys", "new", path).code == .done)
      #expect(try KeyRing(file: path).ids.count == 3)
      let taken = await CommandRun("keys", "new", path, "--id", "a")
      #expect(taken.code == .usage && taken.errors.contains("has a key 'a' already"))
    }
  }

  @Test func appendsBehindALineWithoutEnd() async throws {
    try await TemporaryFolder.use { folder in
      let path = try folder.write("keys", String(try KeyRing.freshLine(id: "a").dropLast()))
      unsafe chmod(path, 0o600)
      #expect(await CommandRun("keys", "new", path, "--id", "b").code == .done)
      #expect(try KeyRing(file: path).ids == ["a", "b"])
    }
  }

  @Test func refusesAnExposedOrBrokenFile() async throws {
    try await TemporaryFolder.use { folder in
      let path = try folder.write("keys", try KeyRing.freshLine(id: "a"))
      let exposed = await CommandRun("keys", "new", path)
      #expect(exposed.code == .configuration && exposed.errors.contains("chmod 600"), "\(exposed.errors)")
      #expect(try InputFile.read(path, most: 1000).count == 68)
      #expect(await CommandRun("keys", "new", "\(folder.path)/none/keys").code == .failure)
      #expect(await CommandRun("keys", "new", "\(folder.path)/new", "--id", "a b").code != .done)
      #expect(FileFacts.size(of: "\(folder.path)/new") == nil)
    }
  }

  @Test func rotatesEverythingAndLeavesItReadable() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      _ = await site.run("certificate", "show", id, "--operator", "拟经办")
      #expect(await site.run("keys", "new", site.keyFile, "--id", "second").code == .done)
      let before = try await standings(site)
      #expect(before == ["first": "needed", "second": "current"])

      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let counts = try run.json()
      #expect(counts["newColumnKey"]?.integer == 3 && counts["records"]?.integer == 2)
      #expect(counts["auditRows"]?.integer == 2 && counts["messageKeys"]?.integer == 2)
      #expect(try await standings(site) == ["first": "not needed by this database", "second": "current"])

      // Everything opens without the old master key, the audit's chain included.
      try await dropFirstKey(site)
      #expect(try await standings(site) == ["second": "current"])
      #expect(await site.run("certificate", "prove", id).code == .done)
      let bodies = await site.run(
        "exchange", "show", "1", "--bodies", "--purpose", "complaint", "--operator", "a")
      #expect(bodies.output.contains(TestSite.person.code))
      #expect(try await site.looks().contains { $0.operator == "拟经办" })
      #expect(try await site.open { try await $0.audit.verify() } == nil)
      try await requireNothingOutdated(site)
    }
  }

  /// Broken off after the column key was made and one record sealed anew.
  @Test func goesOnWithARotationThatWasBrokenOff() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      try await site.open { gateway in
        let keys = try await RegistryKeys.rotate(gateway.database, ring: gateway.keys)
        let registry = Registry(database: gateway.database, keys: keys)
        #expect(try await registry.resealOutdated(after: 0, limit: 1).resealed == 1)
      }
      let run = await site.run("keys", "rotate")
      #expect(run.code == .done && run.errors.contains("going on with its column key 3"), "\(run.errors)")
      #expect(run.output.contains("1 records"))
      try await requireNothingOutdated(site)
      #expect(await site.run("certificate", "prove", id).code == .done)
      // The next one is a new one.
      let next = try await site.run("keys", "rotate", "--json").json()
      #expect(next["newColumnKey"]?.integer == 4 && next["records"]?.integer == 2)
    }
  }

  /// Broken off among the messages: their keys are under the old master key, the column keys under the new one.
  @Test func goesOnAmongTheMessages() async throws {
    try await TestSite.use { site in
      #expect(await site.run("keys", "new", site.keyFile, "--id", "second").code == .done)
      try await site.open { try await RegistryKeys.rewrap($0.database, ring: $0.keys) }
      let run = await site.run("keys", "rotate", "--json")
      let counts = try run.json()
      #expect(counts["newColumnKey"]?.isNull == true && counts["messageKeys"]?.integer == 2)
      #expect(try await standings(site)["first"] == "not needed by this database")
    }
  }

  @Test func changesNothingWithoutAllKeys() async throws {
    try await TestSite.use { site in
      #expect(await site.run("keys", "new", site.keyFile, "--id", "second").code == .done)
      try await dropFirstKey(site)
      let check = await site.run("keys", "check")
      #expect(check.code == .failure && check.output.contains("first") && check.output.contains("missing"))
      let rotate = await site.run("keys", "rotate")
      #expect(rotate.code == .configuration && rotate.errors.contains("the master keys first are needed"))
      let again = await site.run("keys", "check", "--json")
      #expect(try again.json()["columnKeys"]?.count == 2)
    }
  }

  @Test func anotherKeyUnderTheSameNameIsFound() async throws {
    try await TestSite.use { site in
      unsafe unlink(site.keyFile)
      #expect(await site.run("keys", "new", site.keyFile, "--id", "first").code == .done)
      let check = await site.run("keys", "check")
      #expect(check.code == .failure && check.output.contains("does not open with the master key 'first'"))
    }
  }

  private func standings(_ site: TestSite) async throws -> [String: String] {
    let run = await site.run("keys", "check", "--json")
    #expect(run.code == .done, "\(run.errors)")
    var standings: [String: String] = [:]
    for key in try #require(try run.json()["masterKeys"]).elements {
      standings[key["id"]?.string ?? ""] = key["standing"]?.string
    }
    return standings
  }

  private func dropFirstKey(_ site: TestSite) async throws {
    let lines = String(decoding: try InputFile.read(site.keyFile, most: 1000), as: UTF8.self).split(
      separator: "\n")
    try site.folder.write("keys", lines.dropFirst().joined(separator: "\n") + "\n")
  }

  private func requireNothingOutdated(_ site: TestSite) async throws {
    let step = try await site.open { try await $0.registry.countOutdated(after: 0, limit: 100) }
    #expect(step.outdated == 0)
  }
}
