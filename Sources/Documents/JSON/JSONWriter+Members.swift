/// Members with a value at hand. An optional that is nil is written as `null`; to leave such a member out, use
/// `memberIfPresent`.
extension JSONWriter {
  public mutating func member(_ name: String, _ value: String?) {
    member(name) { if let value { $0.string(value) } else { $0.null() } }
  }

  public mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
    member(name) { if let value { $0.integer(value) } else { $0.null() } }
  }

  public mutating func member(_ name: String, _ value: Double?) {
    member(name) { if let value { $0.number(value) } else { $0.null() } }
  }

  public mutating func member(_ name: String, _ value: Bool?) {
    member(name) { if let value { $0.boolean(value) } else { $0.null() } }
  }

  public mutating func member(_ name: String, _ value: JSONValue?) {
    member(name) { if let value { $0.value(value) } else { $0.null() } }
  }

  public mutating func member(_ name: String, _ values: [String]) {
    member(name) { $0.array { for value in values { $0.string(value) } } }
  }

  public mutating func memberIfPresent(_ name: String, _ value: String?) {
    if let value { member(name, value) }
  }

  public mutating func memberIfPresent(_ name: String, _ value: (some BinaryInteger)?) {
    if let value { member(name, value) }
  }

  public mutating func memberIfPresent(_ name: String, _ value: Bool?) {
    if let value { member(name, value) }
  }
}
