public import CivilTime
public import SQLDatabase

extension Registry {
  /// When records were derived by this version of a mapping: from its first use to that of the next.
  public func periods(ofMapping name: String, version: Int) async throws -> [Range<Timestamp>] {
    let uses = try await database.read { reader in
      try reader.query(
        """
        SELECT version, first_used FROM definition WHERE kind = ?1 AND name = ?2 ORDER BY first_used, id
        """, .text(Definition.Kind.mapping.rawValue), .text(name)
      ) { (version: Int($0.int(0)), moment: Timestamp(milliseconds: $0.int(1))) }
    }
    return uses.indices.compactMap { index in
      guard uses[index].version == version else { return nil }
      let end = index + 1 < uses.count ? uses[index + 1].moment : Timestamp(milliseconds: .max)
      return uses[index].moment..<end
    }
  }

  /// What storing these observations would do, without doing it.
  ///
  /// Each is looked at by itself: of two for the same certificate the later one is not compared with the earlier.
  public func effect(of prepared: [PreparedObservation], in reader: Reader) throws -> StoreCounts {
    let find = try reader.prepare("SELECT id FROM certificate WHERE identity = ?1")
    let latest = try reader.prepare(
      """
      SELECT digest, claim_time FROM observation WHERE certificate = ?1 AND platform = ?2
      ORDER BY claim_time DESC, id DESC LIMIT 1
      """)
    var counts = StoreCounts()
    for one in prepared {
      guard let certificate = try find.first(.blob(one.identity), row: { $0.int(0) }) else {
        counts.new += 1
        continue
      }
      let known = try latest.first(.int(certificate), .text(one.observation.platform)) {
        (digest: $0.blob(0), time: $0.int(1))
      }
      guard let known else {
        counts.changed += 1
        continue
      }
      if known.digest == one.digest || one.claim.time < known.time {
        counts.unchanged += 1
      } else {
        counts.changed += 1
      }
    }
    return counts
  }
}
