/// An operation that is known to be a query.
@dynamicMemberLookup
public struct QueryOperation: Sendable {
  /// Without what only queries have.
  public let base: Operation
  public let mapping: String
  let item: String?

  /// nil for an operation of another kind.
  public init?(_ operation: Operation) {
    guard case .query(let query) = operation.purpose else { return nil }
    base = operation
    mapping = query.mapping
    item = query.item
  }

  /// What has to be known of an enquiry before it can be asked.
  public var needs: Set<Enquiry.Key> {
    let used = base.request.references
    return Set(Enquiry.Key.allCases.filter { used.contains($0.name) })
  }

  public subscript<Value>(dynamicMember path: KeyPath<Operation, Value>) -> Value { base[keyPath: path] }
}
