public import CivilTime
public import Registry
import SQLDatabase

/// Since when the words of which mappings are stale, because the operation that brings newer ones is held.
public struct Staleness: Hashable, Sendable {
  private struct Source: Hashable {
    let platform: String
    let mapping: DefinitionID
  }

  private var since: [Source: Timestamp] = [:]

  public init() {}

  /// nil: as fresh as the platform is.
  public func since(of certificate: Certificate) -> Timestamp? {
    since.isEmpty ? nil : since[Source(platform: certificate.platform, mapping: certificate.mapping)]
  }

  fileprivate mutating func add(_ platform: String, _ mapping: DefinitionID, _ time: Timestamp) {
    let source = Source(platform: platform, mapping: mapping)
    since[source] = min(since[source] ?? time, time)
  }
}

extension IncidentLedger {
  /// What is stale now. Costs one look at a table that is nearly always empty.
  public func staleness(_ registry: Registry) async throws -> Staleness {
    let holds = try await database.read { reader in
      try reader.query("SELECT platform, mapping, since FROM drift_hold ORDER BY platform, operation") {
        row in
        (platform: row.text(0), mapping: row.text(1), since: Timestamp(milliseconds: row.int(2)))
      }
    }
    var staleness = Staleness()
    for hold in holds {
      // Under whatever version of the mapping it came.
      for id in try await registry.definitions(.mapping, name: hold.mapping) {
        staleness.add(hold.platform, id, hold.since)
      }
    }
    return staleness
  }
}
