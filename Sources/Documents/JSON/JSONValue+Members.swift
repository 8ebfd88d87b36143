extension JSONValue {
  /// The value of the member with that name; nil if there is none or this is not an object. Of repeated names the last
  /// counts.
  public subscript(name: String) -> JSONValue? {
    var name = name
    return name.withUTF8 { unsafe tape.member(of: index, named: $0) }.map { JSONValue(tape: tape, index: $0) }
  }

  /// The value of the member whose name is exactly that UTF-8 text: for names prepared once and used on many rows.
  public func member(utf8 name: [UInt8]) -> JSONValue? {
    unsafe name.withUnsafeBufferPointer { unsafe tape.member(of: index, named: $0) }
      .map { JSONValue(tape: tape, index: $0) }
  }

  /// The element at that place, counted from 0; nil if there is none or this is not an array. Steps over the elements
  /// before it: use `elements` to visit them all.
  public subscript(place: Int) -> JSONValue? {
    tape.element(of: index, at: place).map { JSONValue(tape: tape, index: $0) }
  }

  /// The elements of an array in order; nothing for other kinds.
  public var elements: JSONElements { JSONElements(self) }

  /// Names and values of an object in the order they are written, repeated names included; nothing for other kinds.
  /// An unpaired surrogate in a name shows as U+FFFD.
  public var members: JSONMembers { JSONMembers(self) }
}

/// The elements of a JSON array.
public struct JSONElements: Sequence, Sendable {
  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  public struct Iterator: IteratorProtocol {
    private let tape: JSONTape
    private var index: Int
    private let end: Int

    init(_ value: JSONValue) {
      tape = value.tape
      index = value.index + 2
      end = value.isArray ? value.word.extent : 0
    }

    public mutating func next() -> JSONValue? {
      guard index < end else { return nil }
      defer { index = tape.next(index) }
      return JSONValue(tape: tape, index: index)
    }
  }

  public func makeIterator() -> Iterator { Iterator(value) }

  public var underestimatedCount: Int { value.isArray ? value.count : 0 }
}

/// The members of a JSON object.
public struct JSONMembers: Sequence, Sendable {
  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  public struct Iterator: IteratorProtocol {
    private let tape: JSONTape
    private var index: Int
    private let end: Int

    init(_ value: JSONValue) {
      tape = value.tape
      index = value.index + 2
      end = value.isObject ? value.word.extent : 0
    }

    public mutating func next() -> (key: String, value: JSONValue)? {
      guard let (name, value) = nextCursors() else { return nil }
      return (tape.repairedText(name.word), value)
    }

    /// The next name and value both as cursors, without making a String of the name.
    public mutating func nextCursors() -> (name: JSONValue, value: JSONValue)? {
      guard index < end else { return nil }
      let name = JSONValue(tape: tape, index: index)
      let value = JSONValue(tape: tape, index: index &+ 1)
      index = tape.next(index &+ 1)
      return (name, value)
    }
  }

  public func makeIterator() -> Iterator { Iterator(value) }

  public var underestimatedCount: Int { value.isObject ? value.count : 0 }
}

extension JSONTape {
  /// The tape index of the value of the member with that name, or nil.
  @inline(__always)
  func member(of container: Int, named name: UnsafeBufferPointer<UInt8>) -> Int? {
    let header = word(container)
    guard header.kind == .object else { return nil }
    let takesLast = header.has(JSONWord.duplicates)
    var found: Int?
    var index = container &+ 2
    while index < header.extent {
      if unsafe equals(word(index), name) {
        if !takesLast { return index &+ 1 }
        found = index &+ 1
      }
      index = next(index &+ 1)
    }
    return found
  }

  /// The tape index of an array's element, or nil.
  func element(of container: Int, at place: Int) -> Int? {
    let header = word(container)
    guard header.kind == .array, place >= 0, place < self.container(container).count else { return nil }
    var index = container &+ 2
    for _ in 0..<place { index = next(index) }
    return index
  }
}
