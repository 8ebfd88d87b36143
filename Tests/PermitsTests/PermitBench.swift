import Applications
import Calendars
import Changes
import CivilTime
import Crypto
import Documents
import Journal
import Permits
import Policies
import Pushing
import Registry
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

/// A database with cases by a policy of the tests.
final class PermitBench: Sendable {
  let folder = TemporaryFolder()
  let database: Database
  let permits: Permits
  let registry: Registry
  let desk: PermitDesk
  let policies: PolicyLibrary
  let feed: ChangeFeed
  /// What was told after it was durable.
  final class Warned: Sendable {
    private let told = Mutex<[PermitWarning]>([])
    var all: [PermitWarning] { told.withLock { $0 } }
    func add(_ warning: PermitWarning) { told.withLock { $0.append(warning) } }
  }
  let warned = Warned()

  static let policy = """
    policy: a
    title: 甲
    region: "110000"
    documents: {D: {title: 文件}}
    clock:
      starts: [accepted]
      starts-at-latest: [handling, special-procedure-started]
      silence: {after: 5 working days, from: [received, submitted], unless: [supplement-requested, not-accepted, refused, withdrawn], clause: D 32}
      ends: [approved, approved-deferred, rejected, not-accepted, refused, withdrawn]
      stops: [supplement, special-procedure]
      warnings: [{colour: blue, distance: 1, for: unit}, {colour: red, distance: 0, for: manager}]
    permits:
      needs:
        - {id: n, clause: D, items: [route-planning, road-occupation, road-digging], need: needed}
        - {id: m, clause: D, items: [greening], need: not-needed}
      ways:
        - {id: w1, clause: D, items: [route-planning, greening], way: approval}
        - {id: w2, clause: D, items: [road-occupation], way: promise}
        - {id: w4, clause: D, items: [road-digging], way: exempt}
      limits: [{id: l, clause: D 3, limit: 5 working days}]
      materials: [{id: all, clause: D 1, need: [drawing]}, {id: letter, clause: D 2, ways: [promise], need: [letter]}]
    process:
      - {id: p1, clause: D 9, step: permit-hand-in, limit: 1 working day, starts: [ready], ends: [submitted, filed, withdrawn],
         warnings: [{colour: orange, distance: 0, for: unit}, {colour: yellow, distance: 0, for: manager}]}
      - {id: p2, clause: D 9, step: permit-supplement, limit: 2 working days, starts: [supplement-requested],
         ends: [supplement-received, approved, rejected, withdrawn], warnings: [{colour: orange, distance: 0, for: unit}]}
    """

  init(policy: String = PermitBench.policy) async throws {
    database = try await Database.open(path: folder.file("permits.db"))
    for component in [
      RegistrySchema.component, ChangesSchema.component, WorkSchema.component, PermitSchema.component,
    ] {
      _ = try await database.migrate(component)
    }
    let keys = try await RegistryKeys.open(database, ring: KeyRing.ephemeral())
    let queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    registry = Registry(database: database, keys: keys)
    feed = ChangeFeed(database: database)
    permits = Permits(
      database: database, keys: keys, queue: queue, calendar: .china, registry: registry,
      changes: feed
    ) { [warned] in warned.add($0) }
    desk = PermitDesk(
      permits: permits,
      pushes: Pushes(
        database: database, journal: Journal(database: database, keys: .ephemeral()), queue: queue,
        keys: keys))
    let diagnostics = Diagnostics()
    policies = PolicyLibrary([.init(name: "a", file: "a.yaml", bytes: Array(policy.utf8))], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
  }

  static let application = """
    {"kind": "permit-application", "applicationNumber": "SQ-1", "projectName": "新建厂房", "itemCode": "route-planning",
     "applicant": {"name": "甲公司", "code": "91330106MA2CFRTX5K", "codeType": "001"}, "location": "某路1号",
     "areaCode": "110000", "promise": false}
    """

  func request(_ number: String = "GD-2024-1", materials: [String] = ["drawing", "letter"]) throws
    -> PermitRequest
  {
    PermitRequest(
      number: number, region: "110000", day: try #require(CivilDate(iso: "2024-03-01")), facts: Facts(),
      application: try ApplicationRecord(decoding: Array(Self.application.utf8)),
      materials: materials.map { code in
        let bytes = Array("content of \(code)".utf8)
        return PermitMaterial(
          code: code,
          attachment: Applications.Attachment(
            name: "\(code).pdf", mediaType: "application/pdf", bytes: bytes,
            sm3: Hex.encode(Digest.sm3.hash(bytes))))
      }, requestID: "test")
  }

  func open(_ number: String = "GD-2024-1", at time: String = "2024-03-01T09:00:00") async throws
    -> PermitCaseID
  {
    let prepared = try permits.prepare(try request(number), by: policies)
    let now = try Self.timestamp(time)
    return try await database.write { try self.permits.open(prepared, in: $0, now: now).id }
  }

  /// Enters an event of the latest attempt at the item; learned when it happened, unless said otherwise.
  @discardableResult
  func enter(
    _ event: PermitEvent, _ happened: String, of item: PermitItem = .routePlanning, in id: PermitCaseID,
    learned: String? = nil, reference: String = "r", retracts: Int64? = nil
  ) async throws -> PermitEntryResult {
    let moment = try #require(CivilDateTime(iso: happened))
    let now = try Self.timestamp(learned ?? happened)
    let view = try await permits.view(id, at: moment)
    let attempt = try #require(view.items.last { $0.attempt.item == item }).attempt
    let entry = PermitEntry(
      event, happened: moment, source: .platform, reference: reference, retracts: retracts, note: "说明")
    return try await database.write { try self.permits.enter(entry, of: attempt.id, in: $0, now: now) }
  }

  func latest(_ item: PermitItem, in id: PermitCaseID, at now: String, knownAt: String? = nil) async throws
    -> PermitItemView
  {
    let view = try await permits.view(
      id, at: try #require(CivilDateTime(iso: now)), knownAt: try knownAt.map(Self.timestamp))
    return try #require(view.items.last { $0.attempt.item == item })
  }

  static func timestamp(_ text: String) throws -> Timestamp {
    try #require(CivilDateTime(iso: text)).timestamp(offsetSeconds: UTCOffset.china)
  }
}
