import Adapters
public import CivilTime
import Exchanges
import Journal
import Mapping
import Pushing
import Registry
import SQLDatabase
public import Sync

/// Everything that a replay would repeat, and what that means.
public struct ReplayOutlook: Sendable {
  public var originals: [(id: Int64, windowEnd: Timestamp?)] = []
  public var preview = ReplayPreview()
  public var definitions: [ReplayBasis.Definition] = []

  public init(originals: [(id: Int64, windowEnd: Timestamp?)] = []) {
    self.originals = originals
  }
}

extension ReplayLibrary {
  /// Takes the records that a re-map would change, in the order of its items; false: no more of them.
  public typealias Found = (RecordDifference) throws -> Bool

  /// Looks for what fits the query. Nothing is called and nothing is changed.
  ///
  /// - Throws: `ReplayError` for a query that means nothing at this depth.
  public func look(
    for query: ReplayQuery, depth: ReplayDepth, terms: ReplayTerms, now: Timestamp,
    found: Found = { _ in false }
  ) async throws -> ReplayOutlook {
    try terms.check()
    var outlook =
      switch depth {
      case .remap: try await lookForMessages(query, terms, now: now, found)
      case .refetch: try await lookForWindows(query, terms, now: now)
      case .repush: try await lookForPushes(query, terms, now: now)
      }
    outlook.definitions = try definitions(query, depth)
    return outlook
  }

  /// The records that some items of a re-map would change as everything stands now. Of two items for one certificate the second is compared with the first.
  public func differences(
    _ items: [ReplayItem], of replay: Replay, found: Found
  ) async throws {
    guard replay.depth == .remap else { return }
    _ = try await runner(replay.query).effectOfRemapping(
      items.lazy.map { ExchangeID($0.original) }, found: found)
  }

  private func lookForMessages(
    _ query: ReplayQuery, _ terms: ReplayTerms, now: Timestamp, _ found: Found
  ) async throws -> ReplayOutlook {
    guard query.sequence == nil else {
      throw ReplayError(
        .unfit, "what was pulled belongs to no case", remedy: "give a case only to re-push")
    }
    let (runner, begun) = (try runner(query), ContinuousClock.now)
    var outlook = ReplayOutlook()
    let hold = try await runner.hold()
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
        if let hold, PullRunner.isHeld(exchange) {
          outlook.preview.leftOut["held by \(hold)", default: 0] += 1
          continue
        }
        outlook.originals.append((exchange.id.rawValue, nil))
      }
      guard page.count == filter.limit, let last = page.last else { break }
      filter.after = last.id
    }
    let effect = try await runner.effectOfRemapping(
      outlook.originals.lazy.map { ExchangeID($0.id) }, found: found)
    outlook.preview.records = ReplayRecords(effect.counts)
    outlook.preview.quarantined = effect.counts.quarantined
    outlook.preview.fields = effect.fields
    outlook.preview.isExact = effect.isExact
    if !effect.unreadable.isEmpty {
      let unreadable = Set(effect.unreadable.map(\.rawValue))
      outlook.originals.removeAll { unreadable.contains($0.id) }
      outlook.preview.leftOut["cannot be read as a success", default: 0] += unreadable.count
    }
    outlook.preview.items = outlook.originals.count
    var limits = CallForecast.Limits()
    limits.rate = terms.rate
    outlook.preview.reckon(limits, now: now)
    // Understanding them, which has just been done, is the least that it takes.
    let took = (ContinuousClock.now - begun).components.seconds
    outlook.preview.seconds = max(outlook.preview.seconds, Double(took))
    return outlook
  }

  private func lookForWindows(
    _ query: ReplayQuery, _ terms: ReplayTerms, now: Timestamp
  ) async throws -> ReplayOutlook {
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
    let due = [Timestamp?](repeating: nil, count: outlook.originals.count)
    try await addCalls(&outlook, due, runner.client, runner.operation.base, terms, now: now)
    return outlook
  }

  private func lookForPushes(
    _ query: ReplayQuery, _ terms: ReplayTerms, now: Timestamp
  ) async throws -> ReplayOutlook {
    guard query.outcome == nil, query.mappingVersion == nil else {
      throw ReplayError(
        .unfit, "a re-push knows no outcome of exchanges and no mapping",
        remedy: "give times, a case, a class of trouble or ids")
    }
    let route = try route(query)
    var outlook = ReplayOutlook()
    var items: [ReplayOrder.Item] = []
    var filter = PushFilter()
    (filter.platform, filter.operation, filter.caseName) = (query.platform, query.operation, query.sequence)
    (filter.since, filter.until, filter.isOldestFirst, filter.limit) = (query.since, query.until, true, 500)
    while true {
      let page = try await pushes.list(filter)
      for push in page where query.ids.isEmpty || query.ids.contains(push.id.rawValue) {
        if let wanted = query.errorClass, push.problemClass != wanted { continue }
        var reason = try await pushes.reasonAgainstRepeating(push)
        if reason == nil, !guards.isEmpty {
          let guards = guards
          reason = try await pushes.database.read { try guards.reason(against: push, in: $0) }
        }
        if let reason {
          outlook.preview.leftOut[reason, default: 0] += 1
          continue
        }
        items.append(ReplayOrder.Item(id: push.id.rawValue, sequence: push.sequence, due: push.due))
        outlook.preview.idempotency[push.idempotency, default: 0] += 1
      }
      guard page.count == filter.limit, let last = page.last else { break }
      filter.after = last.id
    }
    items = ReplayOrder.sorted(items)
    outlook.originals = items.map { ($0.id, nil) }
    try await addCalls(&outlook, items.map(\.due), route.client, route.operation, terms, now: now)
    return outlook
  }

  /// Adds what the calls cost of quota and time, and what that means for deadlines.
  ///
  /// - Parameter due: of the items, in their order.
  private func addCalls(
    _ outlook: inout ReplayOutlook, _ due: [Timestamp?], _ client: PlatformClient, _ operation: Operation,
    _ terms: ReplayTerms, now: Timestamp
  ) async throws {
    outlook.preview.items = outlook.originals.count
    outlook.preview.calls = outlook.originals.count
    let platform = client.connection.platform
    let whole = try await limits(client.adapter.limits, platform, operation: nil, now: now)
    let own = try await limits(operation.limits, platform, operation: operation.name, now: now)
    var together = CallForecast.Limits()
    together.hours = whole.hours + own.hours
    together.rate = [terms.rate, whole.rate, own.rate].compactMap(\.self).min()
    together.quotas = whole.quotas + own.quotas
    outlook.preview.reckon(together, due: due, now: now)
    outlook.preview.deadlines.count(due, together, now: now)
    let waiting = try await pushes.waiting(platform: platform).map { push in
      DeadlineEffect.Waiting(isOfOperation: push.operation == operation.name, due: push.due)
    }
    outlook.preview.deadlines.count(
      waiting: waiting, behind: outlook.preview.calls,
      urgent: due.count { $0.map { $0 <= CallForecast.midnight(after: now) } ?? false }, whole: whole,
      own: own, now: now)
  }

  /// - Parameter operation: whose limits these are; nil for the platform's.
  private func limits(
    _ limits: CallLimits, _ platform: String, operation: String?, now: Timestamp
  ) async throws -> CallForecast.Limits {
    var result = CallForecast.Limits()
    if !limits.hours.spans.isEmpty { result.hours = [limits.hours] }
    result.rate = limits.rate.map { Double($0.count) / Double($0.seconds) }
    guard let daily = limits.daily else { return result }
    let used = try await ledger.used(platform: platform, operation: operation, at: now)
    result.quotas = [
      CallForecast.Quota(daily: daily, leftToday: daily - used, reserve: limits.reserve)
    ]
    return result
  }
}
