import Documents
import Exchanges
import Gateway
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Sync
import Telemetry
import Testing

@testable import zhengdian

/// What two platforms disagree about, put to the one of less authority.
@Suite struct ObjectionTests {
  @Test func aPlatformIsToldWhatAnotherOneSays() async throws {
    try await SandboxSite.use { sandbox, demo in
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(demo.configurationFile, share: Checkout.path, diagnostics: diagnostics))
      try await Site.with(configuration, environment: [:], log: .silent) { site in
        for operation in ["hangzhou-data/property-deed", "changzhou-estate/deeds"] {
          let runner = try #require(site.station.runners(for: operation).first)
          #expect(await site.station.runNow(runner).problem == nil)
        }
        let registry = site.gateway.registry
        let found = try #require(
          try await registry.disagreements(DisagreementFilter(platform: "hangzhou-data", limit: 1)).first)
        let desk = ObjectionDesk(site.gateway, site.pushing)
        let ticket = try await desk.object(to: found.id, requestID: "r")
        #expect(try await registry.disagreement(found.id)?.state == .objected)
        // Once is enough.
        await #expect(throws: RegistryError.self) { try await desk.object(to: found.id, requestID: "r") }
        #expect(try await site.pushing.pushes.list(PushFilter()).map(\.id) == [ticket.id])
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await site.work.run() }
          while try await site.pushing.pushes.push(ticket.id)?.state.isFinal == false {
            try await Task.sleep(for: .milliseconds(10))
          }
          group.cancelAll()
        }
        #expect(try await site.pushing.pushes.push(ticket.id)?.state == .accepted)
        #expect(sandbox.dataObjections.count == 1)
      }
    }
  }

  @Test func whatWasNotToldOrIsWrongAgainIsToldAgain() async throws {
    try await SandboxSite.use { sandbox, demo in
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(demo.configurationFile, share: Checkout.path, diagnostics: diagnostics))
      try await Site.with(configuration, environment: [:], log: .silent) { site in
        for operation in ["hangzhou-data/property-deed", "changzhou-estate/deeds"] {
          let runner = try #require(site.station.runners(for: operation).first)
          #expect(await site.station.runNow(runner).problem == nil)
        }
        let (registry, pushes) = (site.gateway.registry, site.pushing.pushes)
        let found = try #require(
          try await registry.disagreements(DisagreementFilter(platform: "hangzhou-data", limit: 1)).first)
        let desk = ObjectionDesk(site.gateway, site.pushing)
        func state() async throws -> Disagreement.State? { try await registry.disagreement(found.id)?.state }
        func settle(_ id: PushID) async throws -> PushState? {
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.work.run() }
            while try await pushes.push(id)?.state.isFinal == false {
              try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
          }
          return try await pushes.push(id)?.state
        }
        // Taken back before it was sent.
        let first = try await desk.object(to: found.id, requestID: "r")
        let cancelled = await CommandRun(
          "push", "cancel", "\(first.id)", "--reason", "b", "--operator", "a", "--config",
          demo.configurationFile,
          environment: [ShareFolder.variable: Checkout.path])
        #expect(cancelled.code == .done, "\(cancelled.errors)")
        #expect(try await state() == .open)
        let third = try await desk.object(to: found.id, requestID: "r")
        #expect(try await settle(third.id) == .accepted)
        #expect(try await state() == .objected && sandbox.dataObjections.count == 1)
        // Corrected, and a year later wrong in the same way: the ledger opens it again.
        try await site.gateway.database.write {
          _ = try $0.execute("UPDATE disagreement SET state = 'open', updated = updated + 1")
        }
        let later = try await desk.object(to: found.id, requestID: "r")
        #expect(later.duplicateOf == nil)
        #expect(try await settle(later.id) == .accepted)
        #expect(sandbox.dataObjections.count == 2)
      }
    }
  }
}
