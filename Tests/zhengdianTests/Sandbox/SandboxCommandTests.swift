import Documents
import Gateway
import Glibc
import Testing

@testable import zhengdian

@Suite struct SandboxCommandTests {
  /// Runs the command until its platforms listen, and lets it end.
  private func run(_ arguments: [String]) async -> (code: ExitCode, output: String, errors: String) {
    let output = Output()
    let errors = Output()
    let stop = StopSignal()
    let program = Program(
      environment: Environment([:]), input: .bytes([]), output: output, errors: errors, stop: stop)
    let code = await withTaskGroup(of: ExitCode?.self) { group in
      group.addTask { await program.run(["sandbox"] + arguments) }
      group.addTask {
        while !Task.isCancelled, !stop.request() { await Task.yield() }
        return nil
      }
      var code: ExitCode?
      while code == nil, let next = await group.next() { code = next }
      group.cancelAll()
      return code
    }
    return (code ?? .failure, output.captured, errors.captured)
  }

  @Test func saysWhereItsPlatformsAre() async throws {
    let run = await run(["--json", "--records", "100"])
    #expect(run.code == .done)
    #expect(run.errors.isEmpty)
    let root = try JSONDocument(parsing: Array(run.output.utf8)).root
    let platforms = try #require(root["platforms"]).elements.map { $0 }
    #expect(platforms.compactMap { $0["name"]?.string } == DemoSite.simulatedPlatforms)
    for platform in platforms {
      #expect(platform["url"]?.string?.hasPrefix("http://127.0.0.1:") == true)
      #expect((platform["settings"]?.count ?? 0) >= 2)
    }
    #expect(root["control"]?.string?.hasPrefix("http://127.0.0.1:") == true)
    #expect(root["configuration"] == nil)
  }

  @Test func theSeedDecidesTheKeys() async throws {
    func settings(_ seed: String) async throws -> String {
      let output = await run(["--json", "--records", "100", "--seed", seed]).output
      let platforms = try #require(try JSONDocument(parsing: Array(output.utf8)).root["platforms"])
      return platforms.elements.map { "\($0["settings"]?["appKey"]?.string ?? "")" }.joined()
    }
    let first = try await settings("1")
    #expect(try await settings("1") == first)
    #expect(try await settings("2") != first)
  }

  /// What is written is what the gateway reads: configuration, adapters, secrets and keys.
  @Test func writesASiteTheGatewayReads() async throws {
    try await TemporaryFolder.use { folder in
      let site = "\(folder.path)/site"
      let run = await run(["--json", "--records", "100", "--write-config", site + "/"])
      #expect(run.code == .done, "\(run.errors)")
      let root = try JSONDocument(parsing: Array(run.output.utf8)).root
      let file = try #require(root["configuration"]?.string)
      #expect(file == "\(site)/zhengdian.yaml")
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(file, share: Checkout.path, diagnostics: diagnostics),
        "\(diagnostics.all)")
      let library = SiteLibrary.read(configuration, diagnostics)
      let secrets = SiteSecrets(configuration, environment: [:], diagnostics: diagnostics)
      #expect(diagnostics.all == [])
      #expect(library?.remarks == [])
      let platforms = try #require(secrets).platforms
      #expect(platforms.count == DemoSite.simulatedPlatforms.count)
      // Each secret went into its own file.
      for entry in try #require(root["platforms"]).elements {
        let url = try #require(entry["url"]?.string)
        let platform = try #require(platforms.first { $0.configuration.url == url })
        #expect(platform.configuration.adapter == entry["adapter"]?.string)
        for (name, value) in try #require(entry["settings"]).members {
          switch try #require(platform.configuration.settings[name]) {
          case .text(let text, _): #expect(text == value.string)
          case .secret(let reference):
            #expect(SecretReader(environment: [:]).value(reference, diagnostics) == value.string)
          }
        }
      }
      #expect(configuration.consumers.map(\.name) == [DemoSite.consumer])
      #expect(mode("\(site)/keys") == 0o600)
      #expect(mode("\(site)/secrets") == 0o700)
      #expect(mode(try #require(root["consumerKey"]?.string)) == 0o600)
    }
  }

  @Test func keepsTheKeysWhenItWritesAgain() async throws {
    try await TemporaryFolder.use { folder in
      let arguments = ["--records", "100", "--write-config", folder.path]
      #expect(await run(arguments).code == .done)
      let before = try text("\(folder.path)/keys") + text("\(folder.path)/secrets/demo-key")
      let configuration = try text("\(folder.path)/zhengdian.yaml")
      #expect(await run(arguments + ["--seed", "3"]).code == .done)
      #expect(try text("\(folder.path)/keys") + text("\(folder.path)/secrets/demo-key") == before)
      #expect(try text("\(folder.path)/zhengdian.yaml") != configuration)
    }
  }

  @Test func leavesAConfigurationOfOthersAlone() async throws {
    try await TemporaryFolder.use { folder in
      let file = try folder.write("zhengdian.yaml", "database: mine\n")
      let run = await run(["--records", "100", "--write-config", folder.path])
      #expect(run.code == .failure)
      #expect(run.errors.contains("was not written by this command"))
      #expect(try text(file) == "database: mine\n")
      #expect(unsafe access("\(folder.path)/keys", F_OK) != 0)
    }
  }

  @Test func saysWhichFolderCannotBeWritten() async {
    let run = await run(["--records", "100", "--write-config", "/nowhere/site"])
    #expect(run.code == .failure)
    #expect(run.errors.contains("/nowhere/site cannot be written: No such file or directory"))
  }

  @Test(arguments: [["--records", "99"], ["--ports", "65001"], ["--seed", "-1"]])
  func refusesSizesThatCannotBe(_ arguments: [String]) async {
    #expect(await run(arguments).code == .usage)
  }

  private func text(_ file: String) throws -> String {
    String(decoding: try InputFile.read(file, most: 1 << 20), as: UTF8.self)
  }

  private func mode(_ file: String) -> mode_t {
    var status = stat()
    guard unsafe stat(file, &status) == 0 else { return 0 }
    return status.st_mode & 0o777
  }
}
