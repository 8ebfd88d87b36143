import Documents
import Glibc
import Sandbox
import Testing

@testable import zhengdian

@Suite struct SyncCommandTests {
  private func run(_ site: DemoSite, _ arguments: String..., stop: StopSignal = StopSignal()) async
    -> CommandRun
  {
    await CommandRun(
      "sync", "--config", site.configurationFile, more: arguments,
      environment: [ShareFolder.variable: Checkout.path], stop: stop)
  }

  @Test func tellsWhatAnOperationBrought() async throws {
    try await SandboxSite.use { _, site in
      let first = await run(site, "hangzhou-data/business-licence", "--once", "--json")
      #expect(first.code == .done, "\(first.errors)")
      let line = try first.json()
      #expect(line["complete"]?.boolean == true && line["new"]?.integer == line["rows"]?.integer)
      let second = await run(site, "hangzhou-data/business-licence", "--once")
      #expect(second.code == .done && second.output.contains(" 0 new"))
    }
  }

  @Test func quarantinedRowsAreFindings() async throws {
    try await SandboxSite.use { sandbox, site in
      sandbox.faults.add(
        FaultRule(.poisonedRecord(.brokenCheck), platform: "real-estate-xml", trigger: .call(1)))
      let run = await run(site, "changzhou-estate/deeds", "--once")
      #expect(run.code == .failure && run.output.contains("1 quarantined"))
    }
  }

  @Test func aBrokenRunTellsWhatItStoredAndCanStartOver() async throws {
    try await SandboxSite.use { sandbox, site in
      // The manifest's pages are larger than a small platform has rows, so it is told to break at its first page.
      sandbox.faults.add(FaultRule(.htmlPage, platform: "real-estate-xml", trigger: .call(1), most: 1))
      let broken = await run(site, "changzhou-estate/deeds", "--once", "--json")
      #expect(broken.code == .failure)
      let line = try broken.json()
      #expect(line["complete"]?.boolean == false && line["pages"]?.integer == 0)
      #expect(line["problem"]?["class"]?.string == "platform")
      let whole = await run(site, "changzhou-estate/deeds", "--once", "--restart")
      #expect(whole.code == .done)
    }
  }

  @Test func restartIsForOnePull() async throws {
    try await SandboxSite.use { _, site in
      #expect(await run(site, "--restart").code == .usage)
      #expect(await run(site, "--restart", "--from", "/", "changzhou-estate/deeds").code == .usage)
    }
  }

  @Test func aStopIsToldAndNotAnError() async throws {
    try await SandboxSite.use { sandbox, site in
      sandbox.faults.add(FaultRule(.stall(seconds: 600), platform: "real-estate-xml", trigger: .call(1)))
      let stop = StopSignal()
      async let pull = run(site, "changzhou-estate/deeds", "--once", stop: stop)
      while sandbox.calls("real-estate-xml", "houses").calls == 0 || !stop.request() {
        try await Task.sleep(for: .milliseconds(5))
      }
      let ended = await pull
      #expect(ended.code == .failure && !ended.errors.contains("CancellationError"))
      #expect(ended.output.contains("stopped: the run was stopped"))
      #expect(ended.output.contains("it goes on where it stopped"))
    }
  }

  @Test func schedulesEndInPeace() async throws {
    try await SandboxSite.use { sandbox, site in
      let stop = StopSignal()
      async let schedules = run(site, stop: stop)
      while sandbox.calls("real-estate-xml", "houses").calls == 0 || !stop.request() {
        try await Task.sleep(for: .milliseconds(5))
      }
      let ended = await schedules
      #expect(ended.code == .done, "\(ended.errors)")
    }
  }

  @Test func oneUnreadableFileDoesNotStopTheOthers() async throws {
    try await TestSite.use([]) { site in
      #expect(await site.run("keys", "new", site.keyFile, "--id", "first").code == .done)
      #expect(await site.run("database", "migrate").code == .done)
      let folder = site.folder.path + "/saved"
      unsafe mkdir(folder, 0o700)
      unsafe mkdir(folder + "/a-folder", 0o700)
      unsafe symlink("nowhere", folder + "/b-link")
      try site.folder.write("saved/c.json", TestSite.message())
      try site.folder.write("saved/d.json", "<html>login</html>")
      let run = await site.run("sync", "estate/property-deed", "--from", folder)
      #expect(run.code == .failure)
      #expect(run.lines.count { $0.contains("not read") } == 2)
      #expect(run.output.contains("c.json: 2 rows, 2 new"))
      #expect(run.output.contains("d.json: adapter-envelope"))
    }
  }

  /// Who may write into the folder must not be able to have other files read, or to hold up the run.
  @Test(.timeLimit(.minutes(1))) func onlyRegularFilesAreTaken() async throws {
    try await TestSite.use([]) { site in
      #expect(await site.run("keys", "new", site.keyFile, "--id", "first").code == .done)
      #expect(await site.run("database", "migrate").code == .done)
      let folder = site.folder.path + "/saved"
      unsafe mkdir(folder, 0o700)
      try site.folder.write("secret.json", TestSite.message())
      unsafe symlink("../secret.json", folder + "/a-link")
      #expect(unsafe mkfifo(folder + "/b-pipe", 0o600) == 0)
      try site.folder.write("saved/c.json", TestSite.message())
      let run = await site.run("sync", "estate/property-deed", "--from", folder)
      #expect(run.code == .failure)
      #expect(run.output.contains("a-link: not read") && run.output.contains("it is a link"))
      #expect(run.output.contains("b-pipe: not read") && run.output.contains("no regular file"))
      #expect(run.output.contains("c.json: 2 rows, 2 new"))
      #expect(await site.run("exchange", "list", "--json").lines.count == 1)
    }
  }
}
