import Applications
import CivilTime
import Policies

/// A case ready to be stored: decided, complete, and sealed.
public struct PreparedPermitCase: Sendable {
  public let plan: PermitPlan
  let request: PermitRequest
  let policy: String
  let facts: String
  let decisions: [PermitItem: String]
  let clocks: [PermitItem: String]
  let ownClock: String
  /// `nil` where no limit counts permits together.
  let totals: String?
  /// Of the utility's own process; `nil` where nothing limits it.
  let process: String?
  let content: [UInt8]
  /// A keyed digest of the project's code; `nil` where it has none.
  let project: [UInt8]?
  let application: [UInt8]
  let materials: [(code: String, sm3: String, sealed: [UInt8])]
}
