import Changes
public import CivilTime
public import SQLDatabase

/// Projects that a person says are one (重复项目): each keeps its code and what platforms say of it, and only one of them becomes an application.
extension ReserveStore {
  /// Notes that a project is the same one as another, in the caller's transaction.
  ///
  /// - Returns: false where that was said before.
  /// - Throws: `ReserveError`: `notFound`, `erased`, `joined` for what cannot be joined.
  public func join(
    _ id: ReserveProjectID, to other: ReserveProjectID, in transaction: Transaction, now: Timestamp
  ) throws -> Bool {
    let (one, main) = (try known(id, transaction), try known(other, transaction))
    guard one.joinedTo != other else { return false }
    if let before = one.joinedTo { throw ReserveError.joined(id, to: before) }
    if let further = main.joinedTo { throw ReserveError.joined(other, to: further) }
    guard id != other else { throw ReserveError.notJoined("project \(id) is itself") }
    guard one.application == nil else {
      throw ReserveError.notJoined("project \(id) became an application: join project \(other) to it instead")
    }
    guard
      try transaction.int("SELECT count(*) FROM reserve_project WHERE joined = ?1", .int(id.rawValue)) == 0
    else {
      throw ReserveError.notJoined(
        "others are joined to project \(id): separate them from it, or join project \(other) to it")
    }
    try set(one, joinedTo: other, in: transaction, now: now)
    return true
  }

  /// Takes back that a project is the same one as another.
  ///
  /// - Returns: false where nobody said so.
  /// - Throws: `ReserveError`: `notFound`, `erased`.
  public func separate(_ id: ReserveProjectID, in transaction: Transaction, now: Timestamp) throws -> Bool {
    let one = try known(id, transaction)
    guard one.joinedTo != nil else { return false }
    try set(one, joinedTo: nil, in: transaction, now: now)
    return true
  }

  private func known(_ id: ReserveProjectID, _ transaction: Transaction) throws -> ReserveProject {
    guard let project = try Self.project("WHERE id = ?1", .int(id.rawValue), transaction) else {
      throw ReserveError.notFound()
    }
    guard !project.isErased else { throw ReserveError.erased(id) }
    return project
  }

  private func set(
    _ project: ReserveProject, joinedTo other: ReserveProjectID?, in transaction: Transaction, now: Timestamp
  ) throws {
    let stage = Self.stage(
      isWithdrawn: project.stage == .withdrawn, isJoined: other != nil,
      application: project.application?.rawValue, permits: project.permits)
    try transaction.execute(
      "UPDATE reserve_project SET joined = ?2, stage = ?3, changed = ?4 WHERE id = ?1",
      .int(project.id.rawValue), .intOrNull(other?.rawValue), .text(stage.rawValue), .int(now.milliseconds))
    try tell(
      .projectChanged, project.id, stage, region: project.region, permits: project.permits,
      underWay: project.underWay, application: project.application?.rawValue, in: transaction, at: now)
  }
}
