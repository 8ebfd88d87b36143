import CivilTime
import SQLDatabase

/// When cases were closed. An entry that takes a decision back opens a case again, and what it was at a time before stays known.
extension Permits {
  /// Sets or clears the end of a case: it is closed when the latest attempt at each item is decided, and no earlier one is under way.
  ///
  /// - Returns: whether it was closed by this.
  @discardableResult
  func close(_ id: PermitCaseID, ifDecidedAt now: Timestamp, in transaction: Transaction) throws -> Bool {
    let attempts = try transaction.query(
      """
      SELECT state, CASE WHEN attempt = (SELECT max(attempt) FROM permit_item WHERE permit_case = ?1 AND item = one.item)
        THEN 1 ELSE 0 END
      FROM permit_item AS one WHERE permit_case = ?1 AND state IS NOT NULL
      """, .int(id.rawValue)
    ) { (state: PermitState(rawValue: $0.text(0)), isLatest: $0.flag(1)) }
    let isDecided = attempts.allSatisfy { state, isLatest in
      isLatest ? state?.isDecided == true : state?.isUnderWay == false
    }
    if !isDecided {
      try transaction.execute(
        """
        INSERT INTO permit_closing (permit_case, closed, reopened)
        SELECT id, closed, ?2 FROM permit_case WHERE id = ?1 AND closed IS NOT NULL
        """, .int(id.rawValue), .int(now.milliseconds))
    }
    let changed = try transaction.execute(
      """
      UPDATE permit_case SET changed = ?2, closed = ?3 WHERE id = ?1 AND (closed IS NULL) = ?4
      """, .int(id.rawValue), .int(now.milliseconds), .intOrNull(isDecided ? now.milliseconds : nil),
      .flag(isDecided))
    return isDecided && changed > 0
  }

  /// When the case `parent` of a statement had been closed as it was at a time, given as a parameter of it: NULL where it was open then. Where the
  /// time is NULL, as it is now.
  static func closed(at time: String) -> String {
    """
    CASE WHEN \(time) IS NULL THEN parent.closed ELSE coalesce(
      (SELECT max(closing.closed) FROM permit_closing AS closing
        WHERE closing.permit_case = parent.id AND closing.closed <= \(time) AND closing.reopened > \(time)),
      CASE WHEN parent.closed <= \(time) THEN parent.closed END) END
    """
  }

  /// The case as it was known to be: what ended later had not, and what was opened again later was closed.
  func load(_ id: PermitCaseID, knownAt time: Timestamp?, _ reader: Reader) throws -> PermitCase {
    let permitCase = try load(id, reader)
    guard let time else { return permitCase }
    let closed = try reader.first(
      "SELECT \(Self.closed(at: "?2")) FROM permit_case AS parent WHERE id = ?1", .int(id.rawValue),
      .int(time.milliseconds)
    ) { row in row.intOrNull(0).map { Timestamp(milliseconds: $0) } }
    return permitCase.closed(at: closed ?? nil)
  }
}

extension PermitCase {
  fileprivate func closed(at end: Timestamp?) -> PermitCase {
    PermitCase(
      id: id, number: number, region: region, policy: policy, day: day, facts: facts, totals: totals,
      process: process, created: created, changed: changed, closed: end, erased: erased)
  }
}
