import Crypto
import Documents
import Gateway
import Permits
import Sync
import Telemetry

/// A site opened for a command: the gateway, and on demand everything that pulls.
struct Site: Sendable {
  let gateway: Gateway
  let station: PullStation
  let pushing: PushStation
  let replaying: ReplayStation
  let permitting: PermitStation
  let receiving: InboundStation

  /// Verdicts on applications.
  var supplying: SupplyStation { SupplyStation(gateway, station, permitting) }

  var notifying: NotificationStation { NotificationStation(gateway) }

  /// Does the work of the queue.
  var work: WorkStation { WorkStation(gateway, pushing, replaying, permitting, receiving, supplying) }

  /// Opens the site of `--config`, runs `body`, and closes it whatever happens.
  ///
  /// Throws `ConfigurationError` with every problem and its place.
  static func with<Value>(
    _ invocation: Invocation, log: Log = .silent, _ body: (Site) async throws -> Value
  ) async throws -> Value {
    let configuration = try SiteFile.read(invocation, needsShare: true)
    return try await with(configuration, environment: invocation.environment.all, log: log) { site in
      invocation.siteIsOpen()
      return try await body(site)
    }
  }

  static func with<Value>(
    _ configuration: SiteConfiguration, environment: [String: String], keys: KeyRing? = nil, log: Log,
    polling: PermitPolling = PermitPolling(), _ body: (Site) async throws -> Value
  ) async throws -> Value {
    let diagnostics = Diagnostics()
    let libraries = try SiteLibraries(configuration, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    let gateway = try await Gateway.open(
      configuration, environment: environment, keys: keys, components: PullStation.components, log: log)
    do {
      let station = try PullStation(gateway, libraries: libraries)
      try await station.incidents.sealPlaces()
      let pushing = try PushStation(gateway, station)
      let permitting = try PermitStation(gateway, station, pushing, polling: polling)
      let value = try await body(
        Site(
          gateway: gateway, station: station, pushing: pushing,
          replaying: ReplayStation(gateway, station, pushing),
          permitting: permitting, receiving: InboundStation(gateway, station, permitting)))
      await gateway.close()
      return value
    } catch {
      await gateway.close(drain: .zero)
      throw error
    }
  }
}
