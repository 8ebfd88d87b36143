import Adapters
import CivilTime
import Exchanges
public import Journal
import Mapping
public import Pushing
public import Registry
public import Sync

/// What replays work with: the operations of the site as they are now.
public struct ReplayLibrary: Sendable {
  let runners: [PullRunner]
  let journal: Journal
  let registry: Registry
  let pushes: Pushes
  let routes: @Sendable (_ platform: String, _ operation: String) -> PushRoute?
  let ledger: SyncLedger
  let guards: [RepushGuard]

  /// - Parameter guards: say which pushes are not handed in again here.
  public init(
    runners: [PullRunner], journal: Journal, registry: Registry, ledger: SyncLedger, pushes: Pushes,
    routes: @escaping @Sendable (_ platform: String, _ operation: String) -> PushRoute?,
    guards: [RepushGuard] = []
  ) {
    self.runners = runners
    self.journal = journal
    self.registry = registry
    self.ledger = ledger
    self.pushes = pushes
    self.routes = routes
    self.guards = guards
  }

  func action(for replay: Replay) throws -> any ReplayAction {
    switch replay.depth {
    case .remap: Remapping(runner: try runner(replay.query))
    case .refetch: Refetching(runner: try runner(replay.query))
    case .repush: Repushing(pushes: pushes, route: try route(replay.query), guards: guards)
    }
  }

  func runner(_ query: ReplayQuery) throws(ReplayError) -> PullRunner {
    let runner = runners.first {
      $0.key.platform == query.platform && $0.key.operation == query.operation
    }
    guard let runner else {
      throw ReplayError(
        .unfit, "the site pulls no '\(query.platform)/\(query.operation)'",
        remedy: "'zhengdian adapter list' shows the operations")
    }
    return runner
  }

  func route(_ query: ReplayQuery) throws(ReplayError) -> PushRoute {
    guard let route = routes(query.platform, query.operation) else {
      throw ReplayError(
        .unfit, "the site pushes nothing by '\(query.platform)/\(query.operation)'",
        remedy: "'zhengdian adapter list' shows the operations")
    }
    return route
  }
}
