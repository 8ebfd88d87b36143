public import CivilTime
public import Exchanges

/// What the comparison of a changed mapping with the one in use came to.
public struct TrialCounts: Hashable, Sendable {
  /// Answers that were looked at.
  public var exchanges = 0
  /// Of these, what was erased by rule or on request: nobody can compare it.
  public var erased = 0
  /// Of these, what at least one of the mappings does not understand.
  public var unread = 0
  /// Rows that either mapping makes a record of.
  public var rows = 0
  public var differing = 0
  /// Everything that the journal has was looked at.
  public var isOfAll = false

  public init() {}

  public init(_ statistics: MappingComparison.Statistics, isOfAll: Bool) {
    exchanges = statistics.exchanges
    erased = statistics.erased
    unread = statistics.unread - statistics.erased
    rows = statistics.rows
    differing = statistics.differing
    self.isOfAll = isOfAll
  }

  /// Differing rows in a hundred; 0 where there are none.
  public var percentage: Double { Double(differing) * 100 / Double(max(rows, 1)) }
}

/// A changed mapping that was tried on what was really received, kept so that it may go live.
public struct MappingTrial: Hashable, Sendable {
  public let id: Int64
  /// The name of the new one.
  public let mapping: String
  /// SM3 of the contents of the mapping in use and of the new one.
  public let old: [UInt8]
  public let new: [UInt8]
  public let counts: TrialCounts
  /// Somebody lets it go live whatever came out.
  public let isAccepted: Bool
  /// Who tried it, and why it is changed.
  public let signOff: SignOff
  public let moment: Timestamp
}

/// What keeps a changed mapping from going live.
public typealias TrialError = CodedError<TrialErrorCode>

public enum TrialErrorCode: String, Sendable {
  case untried = "mapping-untried"
}
