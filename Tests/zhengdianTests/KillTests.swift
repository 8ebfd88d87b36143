import Certificates
import CivilTime
import Documents
import Exchanges
import Gateway
import Glibc
import Journal
import Registry
import SQLDatabase
import Sandbox
import Telemetry
import Testing

@testable import zhengdian

/// `kill -9` in the middle of a sync, by the real program: the next sync leads to the same registry as without the kill.
@Suite struct KillTests {
  @Test(.enabled(if: BinaryTests.program != nil)) func aKilledSyncLosesAndDoublesNothing() async throws {
    let program = try #require(BinaryTests.program)
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    // More than one batch.
    configuration.sizes.houses = 4200
    let sandbox = try Sandbox(configuration)
    try await TemporaryFolder.use { killed in
      try await TemporaryFolder.use { whole in
        for folder in [killed, whole] { try DemoSite(folder: folder.path, sandbox.connections).write() }
        try await Self.compare(program, sandbox, killed, whole)
      }
    }
  }

  private static func compare(
    _ program: String, _ sandbox: Sandbox, _ killed: TemporaryFolder, _ whole: TemporaryFolder
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await sandbox.run() }
      defer { sandbox.stop() }
      #expect(try await run(program, "sync", "--once", "--config", "\(whole.path)/zhengdian.yaml") == 0)
      // Killed at six places spread over the work, told by how far the database has grown.
      let size = databaseSize(whole)
      var kills = 0
      for part in 1...6 {
        if try await run(
          program, "sync", "--once", "--config", "\(killed.path)/zhengdian.yaml",
          killWhen: { databaseSize(killed) >= size * part / 8 }) == -SIGKILL
        {
          kills += 1
        }
      }
      #expect(kills >= 3)
      #expect(try await run(program, "sync", "--once", "--config", "\(killed.path)/zhengdian.yaml") == 0)
    }
    let expected = try await content(whole)
    #expect(expected.count > 4200)
    #expect(try await content(killed) == expected)
  }

  /// Everything the registry says, without ids and times; an unreadable database fails here too.
  private static func content(_ folder: TemporaryFolder) async throws -> [String: Int] {
    let diagnostics = Diagnostics()
    let share = try ShareFolder.find(Environment([:]), executable: #filePath).path
    let configuration = try #require(
      SiteConfiguration.read(folder.path + "/zhengdian.yaml", share: share, diagnostics: diagnostics))
    return try await Site.with(configuration, environment: [:], log: .silent) { site in
      #expect(try await site.gateway.database.integrityProblems().isEmpty)
      var content: [String: Int] = [:]
      var position: Int64 = 0
      while true {
        let ids = try await site.gateway.registry.ids(after: position, limit: 1000)
        guard let last = ids.last else { break }
        position = last.position
        for (_, id) in ids {
          let certificate = try #require(try await site.gateway.registry.certificate(id))
          let observations = try await site.gateway.registry.observations(of: id)
          content[String(decoding: certificate.record.encode(), as: UTF8.self), default: 0] +=
            observations.count
        }
      }
      // What was stored is settled; what was cut off is told as such.
      let exchanges = try await site.gateway.journal.list(ExchangeFilter(limit: 1000))
      #expect(exchanges.allSatisfy { $0.outcome == .succeeded || $0.problemCode == "interrupted" })
      return content
    }
  }

  /// The exit status of the program, or minus the signal that ended it.
  static func run(
    _ program: String, _ arguments: String..., killWhen isTime: (@Sendable () -> Bool)? = nil
  ) async throws -> Int32 {
    try await OwnThread.run {
      var pid: pid_t = 0
      var pointers: [UnsafeMutablePointer<CChar>?] =
        unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
      defer { unsafe pointers.forEach { pointer in unsafe free(pointer) } }
      var actions = unsafe posix_spawn_file_actions_t()
      unsafe posix_spawn_file_actions_init(&actions)
      defer { unsafe posix_spawn_file_actions_destroy(&actions) }
      for descriptor: Int32 in [1, 2] {
        unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
      let problem = unsafe posix_spawn(&pid, program, &actions, nil, &pointers, environ)
      guard problem == 0 else { throw TestFailure("posix_spawn: \(problem)") }
      var status: Int32 = 0
      var ended: pid_t = 0
      while let isTime, ended == 0 {
        ended = unsafe waitpid(pid, &status, WNOHANG)
        guard ended == 0 else { break }
        if isTime() {
          kill(pid, SIGKILL)
          break
        }
        usleep(1000)
      }
      if ended == 0 { ended = unsafe waitpid(pid, &status, 0) }
      guard ended == pid else { throw TestFailure("waitpid: \(errno)") }
      return Self.exit(status)
    }
  }

  private static func exit(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
  }

  /// Bytes of the database and its log.
  private static func databaseSize(_ folder: TemporaryFolder) -> Int {
    ["", "-wal"].reduce(0) { sum, ending in
      var status = stat()
      let path = folder.path + "/zhengdian.sqlite" + ending
      return unsafe stat(path, &status) == 0 ? sum + Int(status.st_size) : sum
    }
  }
}
