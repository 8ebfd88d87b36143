/// One header field as it is written on the wire. Names keep the case they were given; look-ups ignore it.
public struct HTTPHeader: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  public init(name: String, value: String) {
    self.init(name, value)
  }

  /// Whether the field is called `other`, ignoring ASCII case.
  public func isNamed(_ other: String) -> Bool {
    ASCII.equalsIgnoringCase(name.utf8, other.utf8)
  }
}

extension [HTTPHeader] {
  /// The first value of the field `name`, ignoring ASCII case.
  public subscript(name: String) -> String? {
    first { $0.isNamed(name) }?.value
  }

  /// All values of the field `name` in the order they were received.
  public func values(named name: String) -> [String] {
    filter { $0.isNamed(name) }.map(\.value)
  }
}
