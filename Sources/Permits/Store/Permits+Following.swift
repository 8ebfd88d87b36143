public import CivilTime
public import Pushing
public import SQLDatabase

extension Permits {
  /// Has cases go on as soon as something that they handed in is decided, or waits for somebody.
  ///
  /// Every process that changes pushes does this first: what it does not see is seen an hour later only.
  public func follow(_ pushes: Pushes) {
    pushes.follow { [self] push, transaction, now in
      if push.state == .accepted {
        // What became of it is entered, also where it had counted as refused.
        try transaction.execute(
          "UPDATE permit_push SET is_open = 1 WHERE push = ?1 AND is_open = 0", .int(push.id.rawValue))
      }
      let cases = try transaction.query(
        """
        SELECT permit_case FROM permit_item WHERE push = ?1
        UNION SELECT item.permit_case FROM permit_push AS about JOIN permit_item AS item ON item.id = about.item
        WHERE about.push = ?1 AND about.is_open = 1
        """, .int(push.id.rawValue)
      ) { PermitCaseID(rawValue: $0.int(0)) }
      for id in cases { try wake(id, in: transaction, now: now) }
    }
  }

  /// Why a push is not handed in again by itself: its case would know nothing of it. Says how it is done instead; nil for what no case follows, and for what
  /// stands still: that goes on as the push it was, and its case goes on following it.
  public static func reasonAgainstRepeating(_ push: Push, in reader: Reader) throws -> String? {
    guard push.state != .parked else { return nil }
    let purpose = try reader.first(
      """
      SELECT 'retry' FROM permit_item WHERE push = ?1 UNION ALL SELECT purpose FROM permit_push WHERE push = ?1
      """, .int(push.id.rawValue)
    ) { $0.text(0) }
    return purpose.map { "a permit case follows it: 'permit \($0)' hands it in again" }
  }

  /// After a copy was put in the place of the database: windows are asked at once how far everything is, and what was not
  /// handed in when the copy was made waits for a person, since it may have been handed in afterwards. So does another attempt at
  /// anything that the copy has, whenever it comes to nothing: it may have been made already.
  ///
  /// - Returns: how many items wait.
  public func doubtAll(at now: Timestamp) async throws -> Int {
    try await database.write { transaction in
      try transaction.execute("UPDATE permit_item SET is_held = 1, asked = 0")
      let held = try transaction.int(
        "SELECT count(*) FROM permit_item WHERE state = 'planned' AND push IS NULL")
      let open = try transaction.query("SELECT id FROM permit_case WHERE closed IS NULL ORDER BY id") {
        PermitCaseID(rawValue: $0.int(0))
      }
      for id in open { try self.wake(id, in: transaction, now: now) }
      return Int(held)
    }
  }
}
