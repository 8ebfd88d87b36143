import Certificates
public import Changes
public import CivilTime
import Crypto
public import Registry
public import SQLDatabase

/// Keeps the projects of the reserve.
public final class ReserveStore: Sendable {
  public let database: Database
  let keys: RegistryKeys
  let changes: ChangeFeed

  /// The database must have been migrated with ``ReserveSchema``.
  public init(database: Database, keys: RegistryKeys, changes: ChangeFeed) {
    self.database = database
    self.keys = keys
    self.changes = changes
  }

  /// What became of what was to be kept.
  enum Kept: Hashable, Sendable {
    case reserved(ReserveProjectID)
    case changed(ReserveProjectID)
    case same
    /// It was erased, and stays so whatever platforms say.
    case erased
  }

  /// Keeps what is known of a project now, and tells of it where it is something new.
  func keep(_ sketch: ReserveSketch, in transaction: Transaction, now: Timestamp) throws -> Kept {
    let plain = sketch.content.encoded
    let content = token(sketch, plain)
    let known = try transaction.first(
      "SELECT id, content, application, erased IS NOT NULL, joined FROM reserve_project WHERE code = ?1",
      .text(sketch.code)
    ) {
      (
        id: $0.int(0), content: $0.blob(1), application: $0.intOrNull(2), isErased: $0.flag(3),
        joined: $0.intOrNull(4)
      )
    }
    guard known?.isErased != true else { return .erased }
    guard known?.content != content else { return .same }
    let stage = Self.stage(
      isWithdrawn: sketch.isWithdrawn, isJoined: known?.joined != nil, application: known?.application,
      permits: sketch.permits)
    let values: [SQLValue] = [
      .text(sketch.code), .textOrNull(sketch.parentCode), .text(sketch.region), .text(stage.rawValue),
      .textOrNull(sketch.capacity), .int(sketch.permits), .blobOrNull(alike(sketch.content)), .blob(content),
      .blob(keys.sealer.seal(plain, context: Self.context(sketch.code))), .int(now.milliseconds),
      .int(sketch.underWay),
    ]
    if let known {
      try transaction.execute(
        """
        UPDATE reserve_project SET parent = ?2, region = ?3, stage = ?4, capacity = ?5, permits = ?6,
          alike = ?7, content = ?8, sealed = ?9, changed = ?10, under_way = ?11 WHERE code = ?1
        """, values)
      let id = ReserveProjectID(rawValue: known.id)
      try tell(
        .projectChanged, id, stage, region: sketch.region, permits: sketch.permits, underWay: sketch.underWay,
        application: known.application, in: transaction, at: now)
      return .changed(id)
    }
    try transaction.execute(
      """
      INSERT INTO reserve_project (code, parent, region, stage, capacity, permits, alike, content, sealed,
        created, changed, under_way) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)
      """, values)
    let given = try transaction.int("SELECT id FROM reserve_project WHERE code = ?1", .text(sketch.code))
    let id = ReserveProjectID(rawValue: given)
    try tell(
      .projectReserved, id, stage, region: sketch.region, permits: sketch.permits, underWay: sketch.underWay,
      application: nil, in: transaction, at: now)
    return .reserved(id)
  }

  /// What has ended does not become an application, and one that became one shows that it has ended since.
  static func stage(isWithdrawn: Bool, isJoined: Bool, application: Int64?, permits: Int) -> ReserveStage {
    if isWithdrawn { return .withdrawn }
    if application != nil { return .converted }
    if isJoined { return .joined }
    return permits > 0 ? .permitted : .registered
  }

  func tell(
    _ kind: ChangeKind, _ id: ReserveProjectID, _ stage: ReserveStage, region: String, permits: Int,
    underWay: Int, application: Int64?, in transaction: Transaction, at now: Timestamp
  ) throws {
    try changes.append(
      NewChange(
        kind, "project-\(id)",
        [
          "stage": .word(stage.rawValue), "region": .word(region), "permits": .number(permits),
          "underWay": .number(underWay),
          "application": application.map { .number($0) },
        ]), in: transaction, at: now)
  }

  /// Notes what a project became, in the transaction that keeps the application.
  ///
  /// - Throws: ``ConvertedBefore``; `ReserveError`: `notFound`, `erased`, `withdrawn`; `SupplyError.numberTaken` where another project became this application.
  func link(
    _ id: ReserveProjectID, to application: SupplyApplicationID, in transaction: Transaction, now: Timestamp
  ) throws {
    guard let known = try Self.project("WHERE id = ?1", .int(id.rawValue), transaction) else {
      throw ReserveError.notFound()
    }
    if let before = known.application { throw ConvertedBefore(application: before) }
    try Self.requireConvertible(known)
    try Self.requireUnlinked(application, from: id, transaction)
    try transaction.execute(
      "UPDATE reserve_project SET application = ?2, stage = ?3, changed = ?4 WHERE id = ?1",
      .int(id.rawValue), .int(application.rawValue), .text(ReserveStage.converted.rawValue),
      .int(now.milliseconds))
    try tell(
      .projectChanged, id, .converted, region: known.region, permits: known.permits,
      underWay: known.underWay, application: application.rawValue, in: transaction, at: now)
  }

  struct ConvertedBefore: Error {
    let application: SupplyApplicationID
  }

  /// - Throws: `SupplyError.numberTaken` where another project than this one became the application.
  static func requireUnlinked(
    _ application: SupplyApplicationID, from id: ReserveProjectID, _ reader: Reader
  ) throws {
    guard let other = try project("WHERE application = ?1", .int(application.rawValue), reader),
      other.id != id
    else { return }
    throw SupplyError(
      .numberTaken, "project \(other.id) became application \(application), which has this number",
      remedy: "give project \(id) a number of its own, or join the two where they are one")
  }

  static func requireConvertible(_ project: ReserveProject) throws(ReserveError) {
    if project.isErased { throw ReserveError.erased(project.id) }
    guard project.stage != .withdrawn else {
      throw ReserveError(
        .withdrawn, "project \(project.id) is withdrawn: its registration is not valid any more",
        remedy: "look at the registration, or hand in an application of its own")
    }
    if let other = project.joinedTo { throw ReserveError.joined(project.id, to: other) }
  }

  /// Destroys what a project says of its owner, in the caller's transaction. Its code stays, so that it does not come
  /// back with what platforms say next.
  ///
  /// - Returns: false where it is gone already.
  /// - Throws: `ReserveError.notFound`.
  public func erase(_ id: ReserveProjectID, in transaction: Transaction, now: Timestamp) throws -> Bool {
    guard let known = try Self.project("WHERE id = ?1", .int(id.rawValue), transaction) else {
      throw ReserveError.notFound()
    }
    guard !known.isErased else { return false }
    try transaction.execute(
      "UPDATE reserve_project SET sealed = NULL, alike = NULL, content = ?2, erased = ?3 WHERE id = ?1",
      .int(id.rawValue), .blob([]), .int(now.milliseconds))
    return true
  }

  /// A keyed digest of all that is known: the same once more is no news.
  private func token(_ sketch: ReserveSketch, _ content: [UInt8]) -> [UInt8] {
    let open = [
      sketch.parentCode ?? "", sketch.region, sketch.capacity ?? "", sketch.isWithdrawn ? "withdrawn" : "",
    ]
    return keys.blindIndex.token(
      "reserve.content", Array(open.joined(separator: "|").utf8) + [0] + content)
  }

  /// By what projects are known to be alike: whose they are, and what they are called.
  private func alike(_ content: ReserveContent) -> [UInt8]? {
    guard let owner = content.owners.first, let name = content.name else { return nil }
    let whose = owner.code.map { LookupNormal.code($0) } ?? LookupNormal.name(owner.name)
    return keys.blindIndex.token("reserve.alike", "\(whose)|\(LookupNormal.name(name))")
  }

  static func context(_ code: String) -> String { "reserve|\(code)" }
}
