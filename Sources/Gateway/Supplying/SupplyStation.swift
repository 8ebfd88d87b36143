import Adapters
import Certificates
import CivilTime
import Exchanges
import Mapping
import Permits
import Registry
public import Supply
import Sync
import Telemetry
import Work

/// Verdicts on applications for electricity, by the site's policies and what its platforms have told, or tell when they are asked.
public struct SupplyStation: Sendable {
  public let desk: SupplyDesk
  public let archivist: SupplyArchivist
  /// Projects that are known before anybody applied.
  public let reserve: ReserveDesk
  public let indicators: IndicatorDesk
  private let following: SupplyFollowing
  private let gateway: Gateway

  public init(_ gateway: Gateway, _ station: PullStation, _ permitting: PermitStation) {
    let (registry, incidents) = (gateway.registry, station.incidents)
    self.gateway = gateway
    following = SupplyFollowing(queue: gateway.work, changes: gateway.changes)
    desk = SupplyDesk(
      store: SupplyStore(database: gateway.database, keys: gateway.registryKeys), registry: registry,
      journal: gateway.journal, policies: permitting.policies,
      surroundings: SupplyDesk.Surroundings(
        reach: { try await station.reach() },
        staleness: {
          let staleness = try await incidents.staleness(registry)
          return { staleness.since(of: $0) }
        },
        sources: station.queries.map { SupplyQuery($0, gateway.log) },
        sent: Set(station.intakes.flatMap(\.mapping.entities).map(\.kind))),
      following: following, budget: gateway.configuration.supply.budget)
    let permits = gateway.permits
    archivist = SupplyArchivist(
      desk, following, calendar: permits.calendar, prover: JournalProver(gateway)
    ) { number, project, withFiles in
      try await ArchivedCase.find(
        number, project, withFiles: withFiles, in: permits, registry, at: .now())
    }
    indicators = IndicatorDesk(gateway.database, gateway.registryKeys, permits)
    reserve = ReserveDesk(
      store: ReserveStore(
        database: gateway.database, keys: gateway.registryKeys, changes: gateway.changes), supply: desk)
  }

  var handler: SupplyHandler { SupplyHandler(desk, following) }
  var archiveHandler: ArchiveHandler { ArchiveHandler(archivist) }

  /// Has applications judged anew when certificates change, until its task is cancelled.
  func watch() async {
    let watch = SupplyWatch(desk, following)
    await repeatedly("changed certificates not looked at") { try await watch.look(waiting: .seconds(30)) }
  }

  /// Keeps the reserve as registrations and permits of projects say, until its task is cancelled.
  func watchProjects() async {
    let watch = ReserveWatch(reserve.store, gateway.registry)
    await repeatedly("projects not looked at") { try await watch.look(waiting: .seconds(30)) }
  }

  /// What keeps it from looking is logged when it begins, and tried again.
  private func repeatedly(_ message: StaticString, _ look: () async throws -> Int) async {
    var failures = 0
    while !Task.isCancelled {
      do {
        _ = try await look()
        failures = 0
      } catch is CancellationError {
        return
      } catch {
        failures += 1
        if failures.nonzeroBitCount == 1 {
          gateway.log(
            .error, message, ["problem": .text("\(error)"), "times": .integer(failures)])
        }
        do { try await Task.sleep(for: .seconds(30)) } catch { return }
      }
    }
  }
}

extension SupplyQuery {
  fileprivate init(_ runner: QueryRunner, _ log: Log) {
    self.init(
      platform: runner.key.platform, operation: runner.key.operation,
      kinds: Set(runner.mapping.entities.map(\.kind)),
      needs: Set(runner.operation.needs.map(LookupDomain.init))
    ) { question in
      let asker = question.asker
      let enquiry = Enquiry(
        keys: Dictionary(
          uniqueKeysWithValues: Enquiry.Key.allCases.compactMap { key in
            question.texts[LookupDomain(key)].map { (key, $0) }
          }), purpose: asker.purpose, operator: asker.operator, item: asker.item)
      do {
        let reply = try await runner.ask(enquiry, requestID: asker.requestID)
        return .told(
          Reply(
            exchange: reply.exchange, received: reply.received,
            isWhole: !reply.isCut && reply.quarantined == 0, certificates: reply.certificates)
        )
      } catch {
        let problem = SyncProblem(error)
        log(
          problem.isPause || problem.isStop ? .info : .warning, "platform did not answer a question",
          [
            "operation": .text(runner.key.description), "code": .text(problem.code),
            "class": .text(problem.errorClass.rawValue), "problem": .text(problem.message),
            "remedy": .text(problem.remedy),
          ])
        return .failed(code: problem.code, exchange: problem.exchange)
      }
    }
  }
}

extension LookupDomain {
  fileprivate init(_ key: Enquiry.Key) {
    self =
      switch key {
      case .holderCode: .holderCode
      case .holderName: .holderName
      case .number: .number
      case .unitNumber: .unitNumber
      case .projectCode: .projectCode
      }
  }
}

extension PullStation {
  /// Who tells of each kind of certificate. An operation that is switched off and never told anything tells nothing.
  func reach() async throws -> [CertificateKind: SupplyReach] {
    var sources: [CertificateKind: [SupplyReach.Source]] = [:]
    for (runner, standing) in zip(runners, try await history.standings(of: runners.map(\.key))) {
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
