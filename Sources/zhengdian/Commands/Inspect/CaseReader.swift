import Documents

/// Why a case cannot be answered.
struct CaseError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// The members of a case that comes as a JSON object.
struct CaseReader {
  private let object: JSONValue
  private let names: [String]

  /// - Parameter names: the members a case can have. Others are ignored, unless one that is missing was meant.
  init(_ line: Span<UInt8>, names: [String]) throws {
    let bytes = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
    do {
      object = try JSONDocument(parsing: bytes).root
    } catch {
      throw CaseError("the line is not JSON: \(error.message), column \(error.position?.column ?? 1)")
    }
    guard object.isObject else { throw CaseError("a case is a JSON object, not \(Self.name(of: object))") }
    self.names = names
  }

  /// For cases of which nothing may be overlooked: a member of another name is an error.
  func refuseOthers() throws(CaseError) {
    guard let other = object.members.map(\.key).first(where: { !names.contains($0) }) else { return }
    let free = names.filter { object[$0] == nil }
    let nearest = Suggestion.nearest(to: other, in: free) ?? Suggestion.nearest(to: other, in: names)
    let shown = other.utf8.count <= 64 ? "'\(other)'" : "of \(other.utf8.count) bytes"
    throw CaseError(
      UsageError(
        "there is no member \(shown)"
          + (nearest == nil ? "; members are \(names.joined(separator: ", "))" : ""),
        suggestion: nearest
      ).description)
  }

  func value(_ name: String) throws(CaseError) -> JSONValue {
    if let value = try optional(name) { return value }
    throw CaseError("the member '\(name)' is missing")
  }

  func text(_ name: String) throws(CaseError) -> String {
    try text(of: try value(name), name)
  }

  func optionalText(_ name: String) throws(CaseError) -> String? {
    guard let value = try optional(name) else { return nil }
    return try text(of: value, name)
  }

  func integer(_ name: String) throws(CaseError) -> Int {
    let value = try value(name)
    guard let number = value.integer else {
      throw CaseError(
        value.isNumber
          ? "'\(name)' is a whole number" : "'\(name)' is a whole number, not \(Self.name(of: value))")
    }
    return number
  }

  func object(_ name: String) throws(CaseError) -> JSONValue {
    let value = try value(name)
    guard value.isObject else { throw CaseError("'\(name)' is an object, not \(Self.name(of: value))") }
    return value
  }

  private func text(of value: JSONValue, _ name: String) throws(CaseError) -> String {
    guard let text = value.string else {
      throw CaseError(
        value.isString
          ? "'\(name)' holds half of a surrogate pair, which is no character"
          : "'\(name)' is a string, not \(Self.name(of: value))")
    }
    return text
  }

  private func optional(_ name: String) throws(CaseError) -> JSONValue? {
    if let value = object[name] { return value }
    let others = object.members.map(\.key).filter { !names.contains($0) }
    if let meant = others.first(where: { Suggestion.nearest(to: $0, in: [name]) != nil }) {
      throw CaseError("the member '\(name)' is missing; there is '\(meant)'")
    }
    return nil
  }

  private static func name(of value: JSONValue) -> String {
    switch value.kind {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    }
  }
}
