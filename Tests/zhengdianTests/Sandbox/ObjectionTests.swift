import Documents
import Gateway
import Pushing
import Registry
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
}
