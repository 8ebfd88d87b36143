public import Changes
public import SQLDatabase

/// What we know: certificates, their versions, and the observations of platforms they rest on.
///
/// Writing is in two halves: ``prepare(_:)`` runs on any thread, ``store(_:in:)`` inside whatever transaction the rows have to share.
public final class Registry: Sendable {
  let database: Database
  let keys: RegistryKeys
  let precedence: Precedence
  let changes: ChangeFeed?

  /// The database must have been migrated with ``RegistrySchema``.
  ///
  /// - Parameter changes: is told which certificates and disagreements have changed; nil: nobody is.
  public init(
    database: Database, keys: RegistryKeys, precedence: Precedence = Precedence(), changes: ChangeFeed? = nil
  ) {
    self.database = database
    self.keys = keys
    self.precedence = precedence
    self.changes = changes
  }
}

/// What became of stored observations.
public struct StoreCounts: Hashable, Sendable {
  /// Certificates not known before.
  public var new = 0
  /// Known certificates that now say something else.
  public var changed = 0
  /// Observations that said what the platform had said before.
  public var unchanged = 0
  /// Observations kept beside the record because another platform's word counts more, or a newer one is known.
  public var outranked = 0
  public var quarantined = 0

  public init() {}

  public static func += (left: inout StoreCounts, right: StoreCounts) {
    left.new += right.new
    left.changed += right.changed
    left.unchanged += right.unchanged
    left.outranked += right.outranked
    left.quarantined += right.quarantined
  }
}
