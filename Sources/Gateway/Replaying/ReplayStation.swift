import Adapters
import Permits
import Pushing
import Registry
public import Replay
import Telemetry
import Work

/// Everything that replays.
public final class ReplayStation: Sendable {
  public let replays: Replays
  public let library: ReplayLibrary
  private let gateway: Gateway
  private let station: PullStation

  public init(_ gateway: Gateway, _ station: PullStation, _ pushing: PushStation) {
    self.gateway = gateway
    self.station = station
    replays = gateway.replays
    library = ReplayLibrary(
      runners: station.runners, journal: gateway.journal, registry: gateway.registry, ledger: station.ledger,
      pushes: pushing.pushes, routes: pushing.route, guards: Self.guards(gateway.registry))
  }

  /// What permit cases handed in is handed in again by them, and no platform is told of words that it says no more.
  static func guards(_ registry: Registry) -> [RepushGuard] {
    [
      RepushGuard { push, reader in try Permits.reasonAgainstRepeating(push, in: reader) },
      RepushGuard { push, reader in
        try ObjectionDesk.reasonAgainstRepeating(push, registry, in: reader)
      },
    ]
  }

  var handler: ReplayHandler {
    let log = gateway.log
    return ReplayHandler(
      replays: replays, library: library, now: station.environment.now, sleep: station.environment.sleep
    ) { event in
      log(
        event.event == .stopped ? .error : .info, "replay changed",
        [
          "event": .text(event.event.rawValue),
          "replay": .integer(Int(event.replay.id.rawValue)),
          "succeeded": .integer(event.replay.counts.succeeded),
          "failed": .integer(event.replay.counts.failed),
          "unknown": .integer(event.replay.counts.unknown),
          "left": .integer(event.replay.counts.pending + event.replay.counts.waiting),
        ])
    }
  }
}
