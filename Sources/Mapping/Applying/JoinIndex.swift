import Documents

/// The rows of a joined table by their key, built once a message.
struct JoinIndex {
  let rows: [LocatedRow]
  private(set) var claimed: [Bool]
  /// The first and last row of each key; `next` leads from one row of a key to the following one.
  private var ends: [String: (first: Int32, last: Int32)] = [:]
  private var next: [Int32]
  /// A table that is not there is empty.
  let isAbsent: Bool

  init(_ plan: JoinPlan, in message: MessageDocument) throws(DocumentError) {
    let found = try plan.rows.rows(in: message)
    isAbsent = found == nil
    rows = found ?? []
    claimed = [Bool](repeating: false, count: rows.count)
    next = [Int32](repeating: -1, count: rows.count)
    ends.reserveCapacity(rows.count)
    for index in rows.indices {
      guard let key = try JoinKey.text(plan.siblingKeys, of: rows[index].node) else { continue }
      let row = Int32(truncatingIfNeeded: index)
      if let existing = ends[key] {
        next[Int(existing.last)] = row
        ends[key] = (existing.first, row)
      } else {
        ends[key] = (row, row)
      }
    }
  }

  /// The rows with that key in document order, which are claimed by this.
  mutating func claim(_ key: String) -> [Int] {
    guard let found = ends[key] else { return [] }
    var indices: [Int] = []
    var row = found.first
    while row >= 0 {
      claimed[Int(row)] = true
      indices.append(Int(row))
      row = next[Int(row)]
    }
    return indices
  }

  var orphans: [LocatedRow] {
    rows.indices.filter { !claimed[$0] }.map { rows[$0] }
  }
}

/// The texts by which rows of two tables belong together.
enum JoinKey {
  /// Nil when any part of the key is missing: such a row belongs to nothing.
  static func text(_ paths: [ValuePath], of node: SourceNode) throws(DocumentError) -> String? {
    if paths.count == 1 { return try part(paths[0], of: node) }
    var key = ""
    for path in paths {
      guard let part = try part(path, of: node) else { return nil }
      // With its length, so that no two lists of parts make the same key.
      key += "\(part.utf8.count):\(part)"
    }
    return key
  }

  private static func part(_ path: ValuePath, of node: SourceNode) throws(DocumentError) -> String? {
    guard case .text(let text) = try path.find(from: node, wantsSeveral: false) else { return nil }
    let trimmed = BlankTrimming.trim(text)
    return TextSet.nulls.contains(trimmed) ? nil : trimmed
  }
}
