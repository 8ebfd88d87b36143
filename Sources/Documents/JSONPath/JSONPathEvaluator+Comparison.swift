import Glibc

/// Comparison as in RFC 9535, section 2.3.5.2.2.
extension JSONPathEvaluator {
  func areEqual(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.nothing, .nothing): true
    case (.nothing, _), (_, .nothing): false
    case (.node(let left), .node(let right)): tape.areEqual(left, right)
    case (.node(let node), .literal(let literal)), (.literal(let literal), .node(let node)):
      tape.equals(node, literal)
    case (.literal(let left), .literal(let right)):
      switch (left, right) {
      case (.string(let left), .string(let right)): left == right
      case (.number(let left), .number(let right)): left == right
      case (.boolean(let left), .boolean(let right)): left == right
      case (.null, .null): true
      default: false
      }
    }
  }

  /// Only numbers and strings have an order; strings go by their characters' numbers, which is the order of UTF-8.
  func isLess(_ left: Value, _ right: Value) -> Bool {
    if let left = number(left), let right = number(right) { return left < right }
    if let left = text(left), let right = text(right) { return left.lexicographicallyPrecedes(right) }
    return false
  }

  private func number(_ value: Value) -> JSONPathNumber? {
    switch value {
    case .literal(.number(let number)): number
    case .node(let index) where tape.word(index).kind == .number: tape.number(index)
    default: nil
    }
  }

  private func text(_ value: Value) -> [UInt8]? {
    switch value {
    case .literal(.string(let bytes)): bytes
    case .node(let index) where tape.word(index).kind == .string: tape.content(tape.word(index))
    default: nil
    }
  }
}

extension JSONTape {
  func number(_ index: Int) -> JSONPathNumber { withContent(word(index)) { JSONPathNumber($0) } }

  /// The bytes of a string, escapes resolved.
  func content(_ word: JSONWord) -> [UInt8] {
    guard !word.has(JSONWord.escaped) else {
      let bytes = bytes
      return JSONEscapes.unescaped(bytes.span.extracting(word.start..<(word.start + word.extent)))
    }
    return Array(bytes[word.start..<(word.start + word.extent)])
  }

  func equals(_ index: Int, _ literal: JSONPathLiteral) -> Bool {
    let word = word(index)
    switch (literal, word.kind) {
    case (.string(let text), .string): return unsafe text.withUnsafeBufferPointer { unsafe equals(word, $0) }
    case (.number(let number), .number): return self.number(index) == number
    case (.boolean(true), .true), (.boolean(false), .false), (.null, .null): return true
    default: return false
    }
  }

  /// Whether two values are equal all the way down; objects whatever the order of their members.
  func areEqual(_ left: Int, _ right: Int) -> Bool {
    if left == right { return true }
    let leftWord = word(left)
    let rightWord = word(right)
    guard leftWord.kind == rightWord.kind else { return false }
    switch leftWord.kind {
    case .null, .true, .false: return true
    case .number: return haveSameBytes(leftWord, rightWord) || number(left) == number(right)
    case .string: return areEqualStrings(leftWord, rightWord)
    case .array:
      guard container(left).count == container(right).count else { return false }
      var leftChild = left + 2
      var rightChild = right + 2
      while leftChild < leftWord.extent {
        guard areEqual(leftChild, rightChild) else { return false }
        leftChild = next(leftChild)
        rightChild = next(rightChild)
      }
      return true
    case .object:
      if (leftWord.bits | rightWord.bits) & JSONWord.duplicates != 0 {
        return areEqual(lastMembers(of: left), lastMembers(of: right))
      }
      guard container(left).count == container(right).count else { return false }
      return areEqualObjects(left, right)
    }
  }

  /// Members by name; of repeated names the last.
  func lastMembers(of object: Int) -> [[UInt8]: Int] {
    var members: [[UInt8]: Int] = [:]
    members.reserveCapacity(container(object).count)
    var child = object + 2
    while child < word(object).extent {
      members[content(word(child))] = child + 1
      child = next(child + 1)
    }
    return members
  }

  private func areEqual(_ left: [[UInt8]: Int], _ right: [[UInt8]: Int]) -> Bool {
    guard left.count == right.count else { return false }
    for (name, value) in left {
      guard let other = right[name], areEqual(value, other) else { return false }
    }
    return true
  }

  /// Without repeated names and of equal size. Members mostly stand in the same order; the first that does not makes
  /// the rest go by name.
  private func areEqualObjects(_ left: Int, _ right: Int) -> Bool {
    let end = word(left).extent
    var leftChild = left + 2
    var rightChild = right + 2
    while leftChild < end {
      guard areEqualStrings(word(leftChild), word(rightChild)) else {
        return areEqual(lastMembers(of: left), lastMembers(of: right))
      }
      guard areEqual(leftChild + 1, rightChild + 1) else { return false }
      leftChild = next(leftChild + 1)
      rightChild = next(rightChild + 1)
    }
    return true
  }

  private func areEqualStrings(_ left: JSONWord, _ right: JSONWord) -> Bool {
    if (left.bits | right.bits) & JSONWord.escaped == 0 { return haveSameBytes(left, right) }
    return content(left) == content(right)
  }

  private func haveSameBytes(_ left: JSONWord, _ right: JSONWord) -> Bool {
    guard left.extent == right.extent else { return false }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return true }
      return unsafe memcmp(base + left.start, base + right.start, left.extent) == 0
    }
  }
}
