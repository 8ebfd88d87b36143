public import CivilTime
import Crypto
import Exchanges
import SQLDatabase

/// An item as operators see it: everything but what it is about.
public struct WorkItem: Hashable, Sendable {
  public let id: WorkID
  public let kind: WorkKind
  public let lane: String
  public let sequence: String?
  /// What it is about: a name of the site's, a number, or a keyed digest in hexadecimal. Never anything about a person.
  public let key: String
  public let state: WorkState
  public let priority: Int
  public let enqueued: Timestamp
  /// Not before this.
  public let due: Timestamp
  /// Attempts that have ended.
  public let attempts: Int
  /// Holders in a row that vanished while they worked on it.
  public let vanished: Int
  /// Who works on it, and until when unless it is renewed.
  public let owner: String?
  public let leaseUntil: Timestamp?
  public let ended: Timestamp?
  /// What the last attempt that failed met.
  public let problem: WorkProblem?
}

/// Which items to list; nil leaves a condition out.
public struct WorkFilter: Sendable {
  public var kind: WorkKind?
  public var lane: String?
  public var state: WorkState?
  /// Those that have not ended.
  public var isOpen = false
  /// Of lanes that begin with this name and a slash.
  public var platform: String?
  public var sequence: String?
  /// Items behind this one.
  public var after: WorkID?
  public var limit: Int

  public init(
    kind: WorkKind? = nil, lane: String? = nil, state: WorkState? = nil, sequence: String? = nil,
    after: WorkID? = nil, limit: Int = 100
  ) {
    self.kind = kind
    self.lane = lane
    self.state = state
    self.sequence = sequence
    self.after = after
    self.limit = limit
  }
}

/// How many items of a kind and a lane are in a state.
public struct WorkCount: Hashable, Sendable {
  public let kind: WorkKind
  public let lane: String
  public let state: WorkState
  public let count: Int
}

extension WorkQueue {
  /// Items in the order of enqueueing.
  public func list(_ filter: WorkFilter) async throws -> [WorkItem] {
    var conditions = ["id > ?1"]
    var values: [SQLValue] = [.int(filter.after?.rawValue ?? 0)]
    func add(_ column: String, _ text: String?) {
      guard let text else { return }
      values.append(.text(text))
      conditions.append("\(column) = ?\(values.count)")
    }
    add("state", filter.state?.rawValue)
    add("kind", filter.kind?.rawValue)
    add("lane", filter.lane)
    add("sequence", filter.sequence)
    if let platform = filter.platform {
      values.append(.text(platform + "/"))
      conditions.append("substr(lane, 1, length(?\(values.count))) = ?\(values.count)")
    }
    if filter.isOpen { conditions.append("state IN ('waiting', 'ready', 'leased', 'parked')") }
    values.append(.int(filter.limit))
    let (columns, statement) = (values, WorkItem.select + conditions.joined(separator: " AND "))
    return try await database.read { reader in
      try reader.query(statement + " ORDER BY id LIMIT ?\(columns.count)", columns) { try WorkItem($0) }
    }
  }

  public func item(_ id: WorkID) async throws -> WorkItem? {
    try await database.read { try self.item(id, in: $0) }
  }

  func item(_ id: WorkID, in reader: Reader) throws -> WorkItem? {
    try reader.first(WorkItem.select + "id = ?1", .int(id.rawValue)) { try WorkItem($0) }
  }

  /// How many items there are, those that ended among them as long as they are kept.
  public func counts() async throws -> [WorkCount] {
    try await database.read { reader in
      try reader.query(
        "SELECT state, kind, lane, count(*) FROM work_item GROUP BY state, kind, lane ORDER BY state, kind, lane"
      ) { row in
        WorkCount(
          kind: try WorkKind(column: row.text(1)), lane: row.text(2),
          state: try WorkState(column: row.text(0)),
          count: Int(row.int(3)))
      }
    }
  }

  /// How many items have not ended; costs what there is to do, not what has been done.
  public func openCounts() async throws -> [WorkCount] {
    try await database.read { reader in
      try reader.query(
        """
        SELECT state, kind, lane, count(*) FROM work_item WHERE state IN ('waiting', 'ready', 'leased', 'parked')
        GROUP BY state, kind, lane ORDER BY state, kind, lane
        """
      ) { row in
        WorkCount(
          kind: try WorkKind(column: row.text(1)), lane: row.text(2),
          state: try WorkState(column: row.text(0)), count: Int(row.int(3)))
      }
    }
  }

  /// Since when, or from when on, the first item of each kind can be done that nobody works on.
  public func oldestDue() async throws -> [WorkKind: Timestamp] {
    let rows = try await database.read { reader in
      try reader.query("SELECT kind, min(due) FROM work_item WHERE state = 'ready' GROUP BY kind") {
        (try WorkKind(column: $0.text(0)), Timestamp(milliseconds: $0.int(1)))
      }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }
}

extension WorkItem {
  static let select =
    """
    SELECT id, kind, lane, sequence, state, priority, enqueued, due, attempts, owner, lease_until, ended,
      problem_code, problem_class, problem_message, problem_remedy, business_key, vanished FROM work_item WHERE\u{20}
    """

  init(_ row: borrowing Row) throws {
    id = WorkID(rawValue: row.int(0))
    kind = try WorkKind(column: row.text(1))
    lane = row.text(2)
    sequence = row.textOrNull(3)
    key = Self.key(row.blob(16))
    state = try WorkState(column: row.text(4))
    priority = Int(row.int(5))
    enqueued = Timestamp(milliseconds: row.int(6))
    due = Timestamp(milliseconds: row.int(7))
    attempts = Int(row.int(8))
    vanished = Int(row.int(17))
    owner = row.textOrNull(9)
    leaseUntil = row.intOrNull(10).map { Timestamp(milliseconds: $0) }
    ended = row.intOrNull(11).map { Timestamp(milliseconds: $0) }
    if let code = row.textOrNull(12) {
      guard let errorClass = ErrorClass(rawValue: row.text(13)) else {
        throw WorkError(.unreadable, "work \(id) has an unknown class", remedy: "a newer program wrote it")
      }
      problem = WorkProblem(
        code: code, errorClass: errorClass, message: row.text(14), remedy: row.text(15))
    } else {
      problem = nil
    }
  }

  private static func key(_ bytes: [UInt8]) -> String {
    let isName = !bytes.isEmpty && bytes.allSatisfy { 0x21...0x7E ~= $0 }
    return isName ? String(decoding: bytes, as: UTF8.self) : Hex.encode(bytes)
  }
}
