import CivilTime

/// Which permit cases are an order's.
///
/// Those with one of its numbers. Of the others of its project, which may be of another supply under the same code, those that were there when the connection was
/// noted and had no application's number then; none where nothing is built outside for the order.
struct OrderCases {
  /// Of the applications that it is made of.
  let numbers: Set<String>
  let permits: PermitNeed
  /// When the connection was noted, or an earlier version found the archive whole; nil where the customer is not connected.
  let until: Timestamp?

  /// - Parameter numbered: when an application with the number of the case came; nil where none did.
  func include(_ number: String, opened: Timestamp, numbered: Timestamp?) -> Bool {
    if numbers.contains(number) { return true }
    guard permits != .notNeeded else { return false }
    guard let until else { return numbered == nil }
    return opened <= until && numbered.map { $0 > until } ?? true
  }
}
