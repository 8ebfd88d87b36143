public import Adapters
public import Applications
public import CivilTime
import Crypto
import Documents
import Exchanges
import Registry
public import SQLDatabase

/// Which pushes to list. What is nil does not restrict.
public struct PushFilter: Hashable, Sendable {
  public var platform: String?
  /// Only together with a platform.
  public var operation: String?
  /// Duplicates stand for none: their first does.
  public var states: Set<PushState> = []
  /// As it is shown (``Push/caseName``).
  public var caseName: String?
  public var since: Timestamp?
  public var until: Timestamp?
  /// Goes on behind this one: the last id of the page before.
  public var after: PushID?
  public var isOldestFirst = false
  public var limit = 100

  public init() {}
}

extension Pushes {
  /// A duplicate is shown as its first stands.
  public func push(_ id: PushID) async throws -> Push? {
    try await database.read { try self.push(id, in: $0) }
  }

  /// The same in a transaction of the caller.
  public func push(_ id: PushID, in reader: Reader) throws -> Push? {
    try Self.push(id, in: reader)
  }

  /// The same for who has the database alone: what is sealed of it stays sealed.
  public static func push(_ id: PushID, in reader: Reader) throws -> Push? {
    try reader.first("SELECT \(Self.shownColumns) FROM push WHERE id = ?1", .int(id.rawValue)) { Push($0) }
  }

  /// - Throws: `PushError` `notFound`.
  public func required(_ id: PushID) async throws -> Push {
    guard let push = try await push(id) else { throw Self.notFound(id) }
    return push
  }

  /// Newest first, unless the filter says otherwise.
  public func list(_ filter: PushFilter) async throws -> [Push] {
    let (sql, values) = Self.statement(filter)
    return try await database.read { try $0.query(sql, values) { Push($0) } }
  }

  /// What waits to be sent to a platform, in the order in which it was handed in.
  public func waiting(platform: String) async throws -> [(operation: String, due: Timestamp?)] {
    try await database.read { reader in
      try reader.query(
        """
        SELECT operation, due FROM push
        WHERE state = 'queued' AND state NOT IN ('accepted', 'cancelled') AND duplicate_of IS NULL
          AND platform = ?1 ORDER BY id
        """, .text(platform)
      ) { ($0.text(0), $0.intOrNull(1).map { Timestamp(milliseconds: $0) }) }
    }
  }

  /// How many pushes were ever taken in, and how many of them no platform has accepted and nobody took back, by state. A duplicate counts with its first.
  public func counts() async throws -> (total: Int, open: [PushState: Int]) {
    try await database.read { reader in
      let open = try reader.query(
        """
        SELECT state, count(*) FROM push WHERE state NOT IN ('accepted', 'cancelled') AND duplicate_of IS NULL
        GROUP BY state
        """
      ) { (state: $0.text(0), count: Int($0.int(1))) }
      var byState: [PushState: Int] = [:]
      for row in open { byState[PushState(rawValue: row.state) ?? .unrecognized, default: 0] += row.count }
      // Rows stay when what was handed in is erased, while a restored copy leaves numbers out.
      return (Int(try reader.int("SELECT count(*) FROM push")), byState)
    }
  }

  static func statement(_ filter: PushFilter) -> (sql: String, values: [SQLValue]) {
    var terms: [String] = []
    var values: [SQLValue] = []
    func require(_ term: String, _ value: SQLValue) {
      values.append(value)
      terms.append("\(term) ?\(values.count)")
    }
    if let platform = filter.platform { require("platform =", .text(platform)) }
    if let operation = filter.operation { require("operation =", .text(operation)) }
    if let name = filter.caseName {
      values += [.text(PushRequest.sequence(ofCase: name)), .text(name)]
      terms.append("sequence IN (?\(values.count - 1), ?\(values.count))")
    }
    if let since = filter.since { require("created >=", .int(since.milliseconds)) }
    if let until = filter.until { require("created <", .int(until.milliseconds)) }
    if let after = filter.after { require(filter.isOldestFirst ? "id >" : "id <", .int(after.rawValue)) }
    if !filter.states.isEmpty {
      terms.append("duplicate_of IS NULL")
      func places(_ states: some Sequence<PushState>) -> String {
        states.map(\.rawValue).sorted().map { state in
          values.append(.text(state))
          return "?\(values.count)"
        }.joined(separator: ", ")
      }
      let named = "state IN (\(places(filter.states)))"
      terms.append(
        filter.states.contains(.unrecognized)
          ? "(\(named) OR state NOT IN (\(places(PushState.stored))))" : named)
      // Said once more as the index says it; the engine does not see that it follows.
      if filter.states.isDisjoint(with: [.accepted, .cancelled]) {
        terms.append("state NOT IN ('accepted', 'cancelled')")
      }
    }
    values.append(.int(filter.limit))
    let condition = terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ")
    let order = filter.isOldestFirst ? "id" : "id DESC"
    return ("SELECT \(shownColumns) FROM push\(condition) ORDER BY \(order) LIMIT ?\(values.count)", values)
  }

  /// Everything that happened to a push, oldest first.
  public func history(of id: PushID) async throws -> [PushHistoryEntry] {
    let (push, rows) = try await database.read { reader in
      let push = try self.require(id, reader)
      let rows = try reader.query(
        """
        SELECT moment, event, state, exchange, signature, problem_code, problem_class
        FROM push_event WHERE push = ?1 ORDER BY id
        """, .int(id.rawValue)
      ) { row in
        (
          moment: row.int(0), event: row.text(1), state: row.text(2), exchange: row.intOrNull(3),
          signature: row.blobOrNull(4), code: row.textOrNull(5), class: row.textOrNull(6)
        )
      }
      return (push, rows)
    }
    return try rows.map { row in
      guard let event = PushEvent(rawValue: row.event), let state = PushState(rawValue: row.state) else {
        throw Self.unreadable(id, "an entry of its history is of an unknown kind")
      }
      return PushHistoryEntry(
        moment: Timestamp(milliseconds: row.moment), event: event, state: state,
        exchange: row.exchange.map { ExchangeID($0) }, problemCode: row.code,
        problemClass: row.class.flatMap { ErrorClass(rawValue: $0) },
        signOff: try row.signature.map { try signOff($0, of: push) })
    }
  }

  /// What the platform answered; nil as long as nothing is known of it. A duplicate has the answer of the first.
  public func acknowledgement(of id: PushID) async throws -> Acknowledgement? {
    let (push, sealed) = try await database.read { reader in
      var push = try self.require(id, reader)
      if let first = push.duplicateOf { push = try self.require(first, reader) }
      let sealed = try reader.first("SELECT receipt FROM push WHERE id = ?1", .int(push.id.rawValue)) {
        $0.blobOrNull(0)
      }
      return (push, sealed ?? nil)
    }
    return try sealed.map { try acknowledgement($0, of: push) }
  }

  /// The record that was handed in, and the attachments that go with it.
  ///
  /// - Throws: `PushError`: `erased` where they were destroyed.
  public func content(of id: PushID) async throws -> (record: ApplicationRecord, attachments: [Attachment]) {
    let (push, parts) = try await database.read { reader in
      var push = try self.require(id, reader)
      if let first = push.duplicateOf { push = try self.require(first, reader) }
      return (push, try self.sealedParts(of: push.id, reader))
    }
    guard push.erased == nil else { throw Self.erased(push.id) }
    guard let first = parts.first, first.number == 0 else {
      throw Self.unreadable(id, "its record is not there")
    }
    let record = try ApplicationRecord(decoding: try open(first.sealed, push, part: 0))
    let attachments = try parts.filter { $0.number > 1 }.map { part in
      try Attachment(decoding: try open(part.sealed, push, part: part.number))
    }
    return (record, attachments)
  }

  func sealedParts(of id: PushID, _ reader: Reader) throws -> [(number: Int, sealed: [UInt8])] {
    try reader.query(
      "SELECT part, sealed FROM push_content WHERE push = ?1 ORDER BY part", .int(id.rawValue)
    ) { (Int($0.int(0)), $0.blob(1)) }
  }

  func open(_ sealed: [UInt8], _ push: Push, part: Int) throws -> [UInt8] {
    try open(sealed, push.id, context: Self.context(push.key, part: part))
  }

  func acknowledgement(_ sealed: [UInt8], of push: Push) throws -> Acknowledgement {
    let json = try JSONDocument(
      parsing: try open(sealed, push.id, context: Self.receiptContext(push.key)))
    return Acknowledgement(
      receipt: json.root["receipt"]?.string, state: json.root["state"]?.string,
      isDuplicate: push.wasKnown)
  }

  private func signOff(_ sealed: [UInt8], of push: Push) throws -> SignOff {
    let bytes = try open(sealed, push.id, context: Self.signOffContext(push.key))
    do throws(SignOffError) { return try SignOff(decoding: bytes) } catch {
      throw Self.unreadable(push.id, error.message)
    }
  }

  private func open(_ sealed: [UInt8], _ id: PushID, context: String) throws -> [UInt8] {
    do throws(CryptoError) {
      return try keys.sealer.open(sealed, context: context)
    } catch {
      throw Self.unreadable(id, "\(error)")
    }
  }

  static func erased(_ id: PushID) -> PushError {
    PushError(
      .erased, "what was handed in as push \(id) was erased; nobody can read it again",
      remedy: "hand the application in anew from where it came from")
  }

  static func unrecognized(_ id: PushID) -> PushError {
    PushError(
      .unreadable, "push \(id) is in a state that this program does not know",
      remedy: "a newer program wrote it: install that one")
  }

  static func unreadable(_ id: PushID, _ reason: String) -> PushError {
    PushError(
      .unreadable, "push \(id) cannot be read: \(reason)",
      remedy: "compare the database with a backup; see that the master keys are the right ones")
  }
}
