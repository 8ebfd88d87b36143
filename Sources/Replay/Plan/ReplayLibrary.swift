import Adapters
public import CivilTime
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

  public init(
    runners: [PullRunner], journal: Journal, registry: Registry, ledger: SyncLedger, pushes: Pushes,
    routes: @escaping @Sendable (_ platform: String, _ operation: String) -> PushRoute?
  ) {
    self.runners = runners
    self.journal = journal
    self.registry = registry
    self.ledger = ledger
    self.pushes = pushes
    self.routes = routes
  }

  func action(for replay: Replay) throws -> any ReplayAction {
    switch replay.depth {
    case .remap: Remapping(runner: try runner(replay.query))
    case .refetch: Refetching(runner: try runner(replay.query))
    case .repush: Repushing(pushes: pushes, route: try route(replay.query))
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

/// Everything that a replay would repeat, and what that means.
public struct ReplayOutlook: Sendable {
  public var originals: [(id: Int64, windowEnd: Timestamp?)] = []
  public var preview = ReplayPreview()
}

extension ReplayLibrary {
  /// Looks for what fits the query. Nothing is called and nothing is changed.
  ///
  /// - Throws: `ReplayError` for a query that means nothing at this depth.
  public func look(
    for query: ReplayQuery, depth: ReplayDepth, terms: ReplayTerms, now: Timestamp
  ) async throws -> ReplayOutlook {
    try terms.check()
    var outlook: ReplayOutlook
    switch depth {
    case .remap: outlook = try await lookForMessages(query)
    case .refetch: outlook = try await lookForWindows(query, now: now)
    case .repush: outlook = try await lookForPushes(query, now: now)
    }
    outlook.preview.items = outlook.originals.count
    outlook.preview.reckon(terms)
    return outlook
  }

  private func lookForMessages(_ query: ReplayQuery) async throws -> ReplayOutlook {
    guard query.sequence == nil else {
      throw ReplayError(
        .unfit, "what was pulled belongs to no case", remedy: "give a case only to re-push")
    }
    let runner = try runner(query)
    var outlook = ReplayOutlook()
    var filter = ExchangeFilter(
      platform: query.platform, operation: query.operation, outcome: query.outcome,
      problemClass: query.errorClass, since: query.since, until: query.until, order: .oldestFirst, limit: 500)
    var periods: [Range<Timestamp>]?
    if let version = query.mappingVersion {
      periods = try await registry.periods(ofMapping: runner.mapping.name, version: version)
    }
    while true {
      let page = try await journal.list(filter)
      for exchange in page where query.ids.isEmpty || query.ids.contains(exchange.id.rawValue) {
        if let periods, !periods.contains(where: { $0.contains(exchange.recorded) }) { continue }
        guard exchange.responseSize > 0, exchange.erased == nil else {
          outlook.preview.leftOut["no message is kept", default: 0] += 1
          continue
        }
        outlook.originals.append((exchange.id.rawValue, nil))
      }
      guard page.count == filter.limit, let last = page.last else { break }
      filter.after = last.id
    }
    let effect = try await runner.effectOfRemapping(outlook.originals.map { ExchangeID($0.id) })
    outlook.preview.records = ReplayRecords(effect.counts)
    outlook.preview.quarantined = effect.counts.quarantined
    if !effect.unreadable.isEmpty {
      let unreadable = Set(effect.unreadable.map(\.rawValue))
      outlook.originals.removeAll { unreadable.contains($0.id) }
      outlook.preview.leftOut["cannot be read as a success", default: 0] += unreadable.count
    }
    return outlook
  }

  private func lookForWindows(_ query: ReplayQuery, now: Timestamp) async throws -> ReplayOutlook {
    let runner = try runner(query)
    guard query.outcome == nil, query.errorClass == nil, query.mappingVersion == nil, query.sequence == nil,
      query.ids.isEmpty
    else {
      throw ReplayError(
        .unfit, "a re-fetch asks for a span of time and knows no other condition",
        remedy: "give --since and --until only")
    }
    var outlook = ReplayOutlook()
    if let incremental = runner.operation.incremental {
      guard let since = query.since else {
        throw ReplayError(.unfit, "a re-fetch needs a time from which on", remedy: "give --since")
      }
      var from = since
      let end = min(query.until ?? now, now)
      while from < end {
        let to = min(end, from.advanced(bySeconds: incremental.longest))
        outlook.originals.append((from.milliseconds, to))
        from = to
      }
    } else {
      outlook.originals.append((now.milliseconds, nil))
    }
    try await addQuota(
      &outlook, runner.client, runner.operation.base, now: now, calls: outlook.originals.count)
    return outlook
  }

  private func lookForPushes(_ query: ReplayQuery, now: Timestamp) async throws -> ReplayOutlook {
    guard query.outcome == nil, query.mappingVersion == nil else {
      throw ReplayError(
        .unfit, "a re-push knows no outcome of exchanges and no mapping",
        remedy: "give times, a case, a class of trouble or ids")
    }
    let route = try route(query)
    var outlook = ReplayOutlook()
    var filter = PushFilter()
    (filter.platform, filter.operation, filter.sequence) = (query.platform, query.operation, query.sequence)
    (filter.since, filter.until, filter.isOldestFirst, filter.limit) = (query.since, query.until, true, 500)
    while true {
      let page = try await pushes.list(filter)
      for push in page where query.ids.isEmpty || query.ids.contains(push.id.rawValue) {
        if let wanted = query.errorClass, push.problemClass != wanted { continue }
        if let reason = try await pushes.reasonAgainstRepeating(push) {
          outlook.preview.leftOut[reason, default: 0] += 1
          continue
        }
        outlook.originals.append((push.id.rawValue, nil))
        outlook.preview.idempotency[push.idempotency, default: 0] += 1
      }
      guard page.count == filter.limit, let last = page.last else { break }
      filter.after = last.id
    }
    try await addQuota(
      &outlook, route.client, route.operation, now: now, calls: outlook.originals.count)
    return outlook
  }

  private func addQuota(
    _ outlook: inout ReplayOutlook, _ client: PlatformClient, _ operation: Operation, now: Timestamp,
    calls: Int
  ) async throws {
    outlook.preview.calls = calls
    let limits = [operation.limits.daily, client.adapter.limits.daily].compactMap(\.self)
    guard let daily = limits.min() else { return }
    outlook.preview.daily = daily
    let used = try await ledger.used(
      platform: client.connection.platform, operation: operation.limits.daily == daily ? operation.name : nil,
      at: now)
    outlook.preview.leftToday = max(0, daily - used)
  }
}
