import Sandbox

@testable import zhengdian

/// A site whose platforms answer in this process.
enum SandboxSite {
  static func use(_ body: @Sendable (Sandbox, DemoSite) async throws -> Void) async throws {
    try await TemporaryFolder.use { folder in
      var configuration = SandboxConfiguration()
      configuration.sizes = .small
      let sandbox = try Sandbox(configuration)
      let site = DemoSite(folder: folder.path + "/site", sandbox.connections)
      try site.write()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await sandbox.run() }
        defer { sandbox.stop() }
        try await body(sandbox, site)
      }
    }
  }
}
