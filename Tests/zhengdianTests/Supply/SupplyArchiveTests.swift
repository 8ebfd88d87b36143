import Access
import Documents
import Glibc
import Registry
import TestSupport
import Testing
@testable import zhengdian

/// `supply connected` and `supply archive` on a site with a deed that can be proven.
@Suite struct SupplyArchiveTests {
  private static let form = """
    {"number": "GD-1", "region": "330100",
     "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
     "applicant": {"type": "person", "name": "\(TestSite.person.name)", "code": "\(TestSite.person.code)"},
     "place": {"address": "拟州市拟一路1号101室"},
     "materials": [{"code": "identity-card", "sm3": "\(String(repeating: "0f", count: 32))"}],
     "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}}
    """

  private static func remove(_ path: String) { unsafe unlink(path) }

  @Test func anArchiveIsTakenAndVerifiedWithoutASite() async throws {
    try await TestSite.use { site in
      #expect(await site.run("supply", "evaluate", "-", input: Self.form).code == .done)
      let before = await site.run("supply", "archive", "1")
      #expect(before.code == .failure && before.output.contains("送电时间未登记"), "\(before.errors)")
      let connected = await site.run(
        "supply", "connected", "1", "--at", "2026-03-06", "--contract", "HT-7", "--operator", "拟经办")
      #expect(
        connected.code == .done && connected.output.contains("before 2026-03-09T16:00:00.000Z"),
        "\(connected.errors)")
      let folder = "\(site.folder.path)/archive"
      let zip = "\(site.folder.path)/archive.zip"
      for path in [folder, zip] {
        let taken = await site.run(
          "supply", "archive", "1", "--to", path, "--purpose", "complaint", "--operator", "拟经办", "--reveal")
        #expect(taken.code == .done && taken.output.contains("the archive is whole"), "\(taken.errors)")
        let whole = try await CommandRun("supply", "archive", "--verify", path, "--json").json()
        #expect(whole["holds"]?.boolean == true && whole["complete"]?.boolean == true)
        let again = await site.run("supply", "archive", "1", "--to", path)
        #expect(again.code == .failure && again.errors.contains("is there already"))
      }
      let id = try await site.id()
      let proof = try JSONDocument(
        parsing: try InputFile.read("\(folder)/proofs/\(id).json", most: 1 << 20)
      ).root
      #expect(proof["holds"]?.boolean == true)
      let record = String(
        decoding: try InputFile.read("\(folder)/certificates/\(id).json", most: 1 << 20), as: UTF8.self)
      #expect(record.contains(TestSite.person.name), "the purpose allows it")
      // Nobody else is in it, though both deeds came in one message.
      for path in try InputFolder.tree(below: folder, all: true) {
        let text = String(
          decoding: try InputFile.read("\(folder)/\(path)", most: 1 << 20), as: UTF8.self)
        #expect(!text.contains(TestSite.other.name) && !text.contains(TestSite.other.code), "\(path)")
      }
      // What is missing, altered or more is named.
      try OutputFile.write("x", to: "\(folder)/.hidden")
      try OutputFile.write("x", to: "\(folder)/cover.html")
      Self.remove("\(folder)/proofs/\(id).json")
      let broken = await CommandRun("supply", "archive", "--verify", folder)
      #expect(broken.code == .failure)
      for line in ["extra: .hidden", "altered: cover.html", "missing: proofs/\(id).json"] {
        #expect(broken.output.contains(line), "\(broken.output)")
      }
      let key = String(repeating: "0", count: 128)
      let other = await CommandRun("supply", "archive", "--verify", zip, "--key", key)
      #expect(other.code == .failure && other.output.contains("other-key"))
      let looks = try await site.looks()
      #expect(looks.contains { $0.action == .connectSupply && $0.item == "supply-1" && $0.operator == "拟经办" })
      let taken = looks.filter { $0.action == .archiveSupply && $0.purpose == "complaint" }
      #expect(taken.count == 2 && taken[0].certificates.map(\.rawValue) == [id])
      #expect(taken.allSatisfy { $0.revealed.contains("holder.name") })
    }
  }

  @Test func withoutAPurposeItIsMasked() async throws {
    try await TestSite.use { site in
      _ = await site.run("supply", "evaluate", "-", input: Self.form)
      let folder = "\(site.folder.path)/archive"
      let taken = await site.run("supply", "archive", "1", "--to", folder)
      #expect(taken.code == .failure && taken.output.contains("connection"), "\(taken.errors)")
      for path in try InputFolder.tree(below: folder, all: true) {
        let text = String(
          decoding: try InputFile.read("\(folder)/\(path)", most: 1 << 20), as: UTF8.self)
        for secret in [TestSite.person.name, TestSite.person.code, "拟一路"] {
          #expect(!text.contains(secret), "\(path)")
        }
      }
      let files = await site.run("supply", "archive", "1", "--to", "\(folder)2", "--files")
      #expect(files.code == .usage && files.errors.contains("--purpose"))
    }
  }

  @Test func whatIsAskedForHasToBePlain() async throws {
    try await TestSite.use { site in
      for arguments in [
        ["supply", "archive"], ["supply", "archive", "1", "--verify", "x"],
        ["supply", "archive", "1", "--key", "00"], ["supply", "connected", "1"],
        ["supply", "connected", "x", "--at", "2026-01-01"], ["supply", "archive", "1", "--files"],
      ] { #expect(await site.run(arguments).code == .usage, "\(arguments)") }
      let nobody = await site.run("supply", "connected", "9", "--at", "2026-01-01")
      #expect(nobody.code == .failure && nobody.errors.contains("there is no application 9"))
      #expect(await CommandRun("supply", "archive", "--verify", "\(site.folder.path)/no.zip").code != .done)
    }
  }
}
