/// The decoded segments that a route's pattern names.
public struct RouteParameters: Hashable, Sendable {
  private let names: [String]
  private let values: [String]

  init(names: [String], values: [String]) {
    self.names = names
    self.values = values
  }

  /// The value of `{name}`; asking for a name the pattern does not have is a mistake of the program.
  public subscript(name: String) -> String {
    guard let value = value(of: name) else { preconditionFailure("the route has no such parameter") }
    return value
  }

  /// The same for patterns that may have it.
  public func value(of name: String) -> String? { names.firstIndex(of: name).map { values[$0] } }
}
