public import Applications
public import Calendars
import CivilTime

/// A warning that is fired, or taken back.
public struct PermitWarning: Hashable, Sendable {
  public let permitCase: PermitCaseID
  /// The utility's own number of the case.
  public let number: String
  /// Area code.
  public let region: String
  /// `nil` for a clock of the case as a whole.
  public let item: PermitItem?
  public let attempt: Int?
  public let alert: PermitAlert
  /// What came before it while nobody looked, the weakest first.
  public let skipped: [Warning.Colour]
  /// Why it is taken back; `nil` when it is fired.
  public let withdrawn: AlertStep.Reason?
}
