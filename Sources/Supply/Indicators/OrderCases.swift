import CivilTime

/// Which permit cases are an order's.
///
/// Those with one of its numbers. Of the others of its project, which may be of another supply under the same code, those that were there when the connection was
/// noted and have no application's number; none where nothing is built outside for the order.
struct OrderCases {
  /// Of the applications that it is made of.
  let numbers: Set<String>
  let permits: PermitNeed
  /// When the connection was noted, or an earlier version found the archive whole; nil where the customer is not connected.
  let until: Timestamp?

  /// - Parameter isNumbered: the number is an application's.
  func include(_ number: String, opened: Timestamp, isNumbered: Bool) -> Bool {
    if numbers.contains(number) { return true }
    return !isNumbered && permits != .notNeeded && until.map { opened <= $0 } ?? true
  }
}
