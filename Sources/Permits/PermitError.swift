public import Exchanges

/// Why a permit case cannot be opened or changed.
public typealias PermitError = CodedError<PermitErrorCode>

public enum PermitErrorCode: String, CaseIterable, Sendable {
  case notFound = "permit-not-found"
  /// Its state does not allow it.
  case notNow = "permit-not-now"
  /// Something that is needed is missing or wrong.
  case unfit = "permit-unfit"
  /// The number stands for another case.
  case numberTaken = "permit-number-taken"
  /// No policy says what to do, or no platform of the site takes it.
  case noRule = "permit-no-rule"
  /// Nobody knows whether it was handed in already.
  case held = "permit-held"
  /// What was handed in about it did not reach its end at the window.
  case notTaken = "permit-not-taken"
  /// The window has taken it, and knows nothing of it now.
  case notAtWindow = "permit-not-at-window"
  /// What it was opened with was destroyed on purpose; nobody can hand it in again.
  case erased = "permit-erased"
  /// A stored row does not open.
  case unreadable = "permit-unreadable"
}
