import CivilTime
import Crypto
import Registry
import SQLDatabase

extension ReserveStore {
  /// Which projects to list; what is nil does not restrict.
  public struct Filter: Hashable, Sendable {
    public var stage: ReserveStage?
    /// The beginning of an area code: 33 finds those of a province.
    public var region: String?
    /// Goes on behind this one.
    public var before: ReserveProjectID?
    public var limit: Int

    public init(
      stage: ReserveStage? = nil, region: String? = nil, before: ReserveProjectID? = nil, limit: Int = 100
    ) {
      self.stage = stage
      self.region = region
      self.before = before
      self.limit = limit
    }
  }

  /// Projects, newest first. Opens nothing, so nobody's data is in it.
  public func list(_ filter: Filter = Filter()) async throws -> [ReserveProject] {
    var conditions: [String] = []
    var values: [SQLValue] = []
    if let stage = filter.stage {
      values.append(.text(stage.rawValue))
      conditions.append("stage = ?\(values.count)")
    }
    if let region = filter.region {
      values.append(.text(region))
      conditions.append("substr(region, 1, length(?\(values.count))) = ?\(values.count)")
    }
    if let before = filter.before {
      values.append(.int(before.rawValue))
      conditions.append("id < ?\(values.count)")
    }
    values.append(.int(filter.limit))
    let clause = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
    let statement =
      "SELECT \(Self.columns) FROM reserve_project \(clause)ORDER BY id DESC LIMIT ?\(values.count)"
    let bound = values
    return try await database.read { reader in
      try reader.query(statement, bound) { try Self.project($0) }
    }
  }

  /// The project with this code, in any spelling; nil where there is none.
  public func project(code: String) async throws -> ReserveProjectID? {
    guard let code = ReserveSketch.normal(code) else { return nil }
    return try await database.read { reader in
      try reader.first("SELECT id FROM reserve_project WHERE code = ?1", .text(code)) {
        ReserveProjectID(rawValue: $0.int(0))
      }
    }
  }

  /// A project with what is sealed of it.
  ///
  /// - Throws: `ReserveError`: `notFound`, `unreadable`.
  public func detail(_ id: ReserveProjectID) async throws -> ReserveDetail {
    let found = try await database.read { reader -> Found? in
      guard let project = try Self.project("WHERE id = ?1", .int(id.rawValue), reader) else { return nil }
      func ids(_ condition: String, _ value: SQLValue) throws -> [ReserveProjectID] {
        try reader.query(
          "SELECT id FROM reserve_project WHERE \(condition) ORDER BY id LIMIT \(Self.mostRelated)", [value]
        ) { ReserveProjectID(rawValue: $0.int(0)) }
      }
      let (sealed, alike) =
        try reader.first("SELECT sealed, alike FROM reserve_project WHERE id = ?1", .int(id.rawValue)) {
          ($0.blobOrNull(0), $0.blobOrNull(1))
        } ?? (nil, nil)
      return Found(
        project: project, sealed: sealed,
        parent: try project.parentCode.flatMap { try ids("code = ?1", .text($0)).first },
        parts: try ids("parent = ?1", .text(project.code)),
        joined: try ids("joined = ?1", .int(id.rawValue)),
        alike: try alike.map {
          try ids("joined IS NULL AND alike = ?1", .blob($0)).filter { $0 != id && $0 != project.joinedTo }
        } ?? [])
    }
    guard let found else { throw ReserveError.notFound() }
    return ReserveDetail(
      project: found.project, content: try found.sealed.map { try open($0, found.project) },
      parent: found.parent, parts: found.parts, joined: found.joined, alike: found.alike)
  }

  private struct Found: Sendable {
    let project: ReserveProject
    let sealed: [UInt8]?
    let parent: ReserveProjectID?
    let parts: [ReserveProjectID]
    let joined: [ReserveProjectID]
    let alike: [ReserveProjectID]
  }

  /// So many parts, or projects that are alike, are named.
  static let mostRelated = 200

  private func open(_ sealed: [UInt8], _ project: ReserveProject) throws(ReserveError) -> ReserveContent {
    do {
      return try ReserveContent(
        decoding: try keys.sealer.open(sealed, context: Self.context(project.code)))
    } catch {
      throw ReserveError(
        .unreadable, "what is known of project \(project.id) does not open",
        remedy: "a newer program wrote it, or the row is damaged: install that one, or restore a copy")
    }
  }

  private static let columns =
    """
    id, code, parent, region, stage, capacity, permits, application, created, changed, erased IS NOT NULL,
      under_way, joined
    """

  static func project(_ condition: String, _ value: SQLValue, _ reader: Reader) throws -> ReserveProject? {
    try reader.first("SELECT \(columns) FROM reserve_project \(condition)", value) { try project($0) }
  }

  private static func project(_ row: borrowing Row) throws(ReserveError) -> ReserveProject {
    guard let stage = ReserveStage(rawValue: row.text(4)) else {
      throw ReserveError(
        .unreadable, "project \(row.int(0)) is in a stage that this program does not know",
        remedy: "a newer program wrote it: install that one")
    }
    return ReserveProject(
      id: ReserveProjectID(rawValue: row.int(0)), code: row.text(1), parentCode: row.textOrNull(2),
      region: row.text(3), stage: stage, capacity: row.textOrNull(5), permits: Int(row.int(6)),
      underWay: Int(row.int(11)),
      application: row.intOrNull(7).map { SupplyApplicationID(rawValue: $0) },
      joinedTo: row.intOrNull(12).map { ReserveProjectID(rawValue: $0) },
      created: Timestamp(milliseconds: row.int(8)), changed: Timestamp(milliseconds: row.int(9)),
      isErased: row.flag(10))
  }

  /// One portion of bringing what is sealed under the current column key after a rotation: up to `limit` projects behind
  /// `position`.
  ///
  /// - Returns: the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let rows = try Self.sealed(after: position, limit, transaction)
      var resealed = 0
      for row in rows {
        guard let sealed = row.sealed, try sealer.isOutdated(sealed) else { continue }
        let plain = try sealer.open(sealed, context: Self.context(row.code))
        try transaction.execute(
          "UPDATE reserve_project SET sealed = ?2 WHERE id = ?1", .int(row.id),
          .blob(sealer.seal(plain, context: Self.context(row.code))))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }

  /// One portion of counting what an older column key seals.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let rows = try Self.sealed(after: position, limit, reader)
      let outdated = try rows.count { row in try row.sealed.map { try sealer.isOutdated($0) } ?? false }
      return (rows.count < limit ? nil : rows.last?.id, outdated)
    }
  }

  private static func sealed(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> [(id: Int64, code: String, sealed: [UInt8]?)] {
    try reader.query(
      "SELECT id, code, sealed FROM reserve_project WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position),
      .int(limit)
    ) { (id: $0.int(0), code: $0.text(1), sealed: $0.blobOrNull(2)) }
  }
}
