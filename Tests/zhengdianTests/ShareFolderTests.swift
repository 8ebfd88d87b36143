import Testing

@testable import zhengdian

@Suite struct ShareFolderTests {
  @Test func prefersTheVariableThenTheInstallationThenACheckout() async throws {
    try await TemporaryFolder.use { folder in
      let program = try folder.write("tree/build/debug/program", "")
      try folder.write("tree/Adapters/families/a.yaml", "")
      let none = Environment([:])
      #expect(try ShareFolder.find(none, executable: program).path == folder.path + "/tree")
      try folder.write("tree/build/share/zhengdian/Adapters/families/a.yaml", "")
      let installed = try ShareFolder.find(none, executable: program)
      #expect(installed.adapters == folder.path + "/tree/build/share/zhengdian/Adapters")
      try folder.write("home/Adapters/families/a.yaml", "")
      let home = Environment(["ZHENGDIAN_HOME": folder.path + "/home"])
      #expect(try ShareFolder.find(home, executable: program).mappings == folder.path + "/home/Mappings")
    }
  }

  @Test func saysWhatToDoWithoutAny() throws {
    for (environment, executable) in [
      ([:], "/program"), ([:], nil), (["ZHENGDIAN_HOME": "/nowhere"], "/program"),
    ] as [([String: String], String?)] {
      let failure = #expect(throws: CommandFailure.self) {
        try ShareFolder.find(Environment(environment), executable: executable)
      }
      #expect(failure?.exitCode == .configuration)
      #expect(failure?.description.contains("ZHENGDIAN_HOME") == true)
    }
  }

  @Test func findsTheRunningProgram() throws {
    #expect(try #require(ShareFolder.executable()).hasPrefix("/"))
  }
}
