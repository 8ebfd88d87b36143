import Applications
public import Calendars
public import Changes
import CivilTime
import Crypto
import Documents
import Exchanges
public import Journal
import Policies
public import Registry
public import SQLDatabase
public import Work

/// All permit cases: what the policy decided, what happened since, and how each item's time stands.
public final class Permits: Sendable {
  public let database: Database
  public let calendar: WorkCalendar
  let keys: RegistryKeys
  let queue: WorkQueue
  let registry: Registry?
  let journal: Journal?
  let changes: ChangeFeed?
  let warned: @Sendable (PermitWarning) -> Void

  /// - Parameters:
  ///   - keys: seal what tells about people.
  ///   - registry: keeps the certificates that decisions become; without one they become none.
  ///   - journal: keeps what people enter of decisions, so that certificates rest on something.
  ///   - changes: is told what happens to cases, and of warnings.
  ///   - warned: told of each warning that is fired or withdrawn, once that is durable; must not block.
  public init(
    database: Database, keys: RegistryKeys, queue: WorkQueue, calendar: WorkCalendar,
    registry: Registry? = nil, journal: Journal? = nil, changes: ChangeFeed? = nil,
    warned: @escaping @Sendable (PermitWarning) -> Void = { _ in }
  ) {
    self.registry = registry
    self.journal = journal
    self.changes = changes
    self.warned = warned
    self.database = database
    self.keys = keys
    self.queue = queue
    self.calendar = calendar
  }

  static func context(_ number: String, _ what: String) -> String { "permit|\(number)|\(what)" }

  static func materialContext(_ number: String, _ code: String, _ sm3: String) -> String {
    context(number, "material|\(code)|\(sm3)")
  }

  static func wordsContext(_ entry: Int64) -> String { context("event|\(entry)", "note") }

  static func notFound(_ what: String) -> PermitError {
    PermitError(.notFound, "there is no \(what)", remedy: "'permit list' shows the cases there are")
  }

  static let caseColumns =
    "id, number, region, policy, day, facts, created, changed, closed, erased, totals, process"
  static let itemColumns =
    """
    id, permit_case, item, attempt, follows, way, after_items, state, clock, push, decision, changed, asked, \
    problem_code, problem, is_held, created, own_clock, doubts, \
    told_event, told_moment, told_taken
    """

  func load(_ id: PermitCaseID, _ reader: Reader) throws -> PermitCase {
    let found = try reader.first(
      "SELECT \(Self.caseColumns) FROM permit_case WHERE id = ?1", .int(id.rawValue)
    ) { try PermitCase($0) }
    guard let found else { throw Self.notFound("permit case \(id)") }
    return found
  }

  func load(_ id: PermitItemID, _ reader: Reader) throws -> PermitItemAttempt {
    let found = try reader.first(
      "SELECT \(Self.itemColumns) FROM permit_item WHERE id = ?1", .int(id.rawValue)
    ) { try PermitItemAttempt($0) }
    guard let found else { throw Self.notFound("permit item \(id)") }
    return found
  }
}

extension PermitCase {
  init(_ row: borrowing Row) throws {
    guard let day = CivilDate(iso: row.text(4)),
      let facts = try? Facts(decoding: JSONDocument(parsing: row.text(5)).root)
    else { throw PermitError.unreadable("permit case \(row.int(0))") }
    let (rules, unreadable) = (StoredRules.shared, PermitError.unreadable("permit case \(row.int(0))"))
    let totals = try row.blobOrNull(10).map { try rules.totals($0) ?? { throw unreadable }() }
    let process = try row.blobOrNull(11).map { try rules.ownLimits($0) ?? { throw unreadable }() }
    self.init(
      id: PermitCaseID(rawValue: row.int(0)), number: row.text(1), region: row.text(2), policy: row.text(3),
      day: day, facts: facts, totals: totals ?? [], process: process ?? [],
      created: Timestamp(milliseconds: row.int(6)),
      changed: Timestamp(milliseconds: row.int(7)),
      closed: row.intOrNull(8).map { Timestamp(milliseconds: $0) },
      erased: row.intOrNull(9).map { Timestamp(milliseconds: $0) })
  }
}

extension PermitItemAttempt {
  init(_ row: borrowing Row) throws {
    let unreadable = PermitError.unreadable("permit item \(row.int(0))")
    let words = row.text(6).split(separator: " ").map(String.init)
    let after = words.compactMap(PermitItem.init(rawValue:))
    guard let item = PermitItem(rawValue: row.text(2)), after.count == words.count else { throw unreadable }
    let rules = StoredRules.shared
    let clock = try row.blobOrNull(8).map { try rules.clock($0) ?? { throw unreadable }() }
    let own = try row.blobOrNull(17).map { try rules.ownLimits($0) ?? { throw unreadable }() }
    let told = try row.textOrNull(19).map { word in
      let moment = try row.textOrNull(20).map { try CivilDateTime(iso: $0) ?? { throw unreadable }() }
      return PermitTold(event: try PermitEvent(rawValue: word) ?? { throw unreadable }(), moment: moment)
    }
    let isToBeHandedIn = row.textOrNull(7) == PermitState.planned.rawValue && row.intOrNull(9) == nil
    self.init(
      id: PermitItemID(rawValue: row.int(0)), permitCase: PermitCaseID(rawValue: row.int(1)), item: item,
      attempt: Int(row.int(3)), follows: row.intOrNull(4).map { PermitItemID(rawValue: $0) },
      way: try row.textOrNull(5).map { try PermitWay(rawValue: $0) ?? { throw unreadable }() },
      after: Set(after),
      state: try row.textOrNull(7).map { try PermitState(rawValue: $0) ?? { throw unreadable }() },
      clock: clock, ownLimits: own ?? [], push: row.intOrNull(9), decision: row.text(10),
      created: Timestamp(milliseconds: row.int(16)), changed: Timestamp(milliseconds: row.int(11)),
      asked: row.intOrNull(12).map { Timestamp(milliseconds: $0) }, problemCode: row.textOrNull(13),
      problem: row.textOrNull(14),
      doubts: try row.textOrNull(18).map { try PermitDoubt.read($0) ?? { throw unreadable }() } ?? [],
      isHeld: row.flag(15) && isToBeHandedIn, told: told,
      toldTaken: row.intOrNull(21).map { Timestamp(milliseconds: $0) })
  }
}

extension PermitError {
  static func erased(_ id: PermitCaseID) -> PermitError {
    PermitError(
      .erased, "what permit case \(id) was opened with was destroyed", remedy: "open a new case")
  }

  static func unreadable(_ what: String) -> PermitError {
    PermitError(
      .unreadable, "\(what) is not written as this program writes it",
      remedy: "a newer program wrote it, or the row is damaged: install that one, or restore a copy")
  }
}
