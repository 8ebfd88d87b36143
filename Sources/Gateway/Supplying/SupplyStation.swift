import Certificates
import CivilTime
import Exchanges
import Mapping
import Registry
public import Supply
import Sync

/// Verdicts on applications for electricity, by the site's policies and what its platforms have told.
public struct SupplyStation: Sendable {
  public let desk: SupplyDesk

  public init(_ gateway: Gateway, _ station: PullStation, _ permitting: PermitStation) {
    let (registry, incidents) = (gateway.registry, station.incidents)
    desk = SupplyDesk(
      store: SupplyStore(database: gateway.database, keys: gateway.registryKeys), registry: registry,
      journal: gateway.journal, policies: permitting.policies,
      surroundings: SupplyDesk.Surroundings(
        reach: { try await station.reach() },
        staleness: {
          let staleness = try await incidents.staleness(registry)
          return { staleness.since(of: $0) }
        }))
  }
}

extension PullStation {
  /// Who tells of each kind of certificate. An operation that is switched off and never told anything tells nothing.
  func reach() async throws -> [CertificateKind: SupplyReach] {
    var sources: [CertificateKind: [SupplyReach.Source]] = [:]
    for runner in runners {
      let standing = try await history.standing(of: runner.key)
      let isScheduled = scheduled.contains { $0 === runner }
      guard isScheduled || standing.lastSuccess != nil else { continue }
      // A limit that keeps the platform from being called for now is no failure: its word only grows older.
      let isFailing =
        standing.lastRun?.problemCode != nil && standing.lastRun?.problemClass != ErrorClass.rate.rawValue
      for kind in Set(runner.mapping.entities.map(\.kind)) {
        sources[kind, default: []].append(
          SupplyReach.Source(
            platform: runner.key.platform, told: standing.lastSuccess, isFailing: isFailing))
      }
    }
    return sources.mapValues { SupplyReach($0) }
  }
}
