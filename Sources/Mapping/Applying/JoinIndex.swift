import Documents

/// The rows of a joined table by their key, built once a message.
struct JoinIndex {
  let rows: RowList
  private var claimed: [Bool]
  /// The first and last row of each key; `next` leads from one row of a key to the following one.
  private var ends: [String: (first: Int32, last: Int32)] = [:]
  private var next: [Int32]

  /// A table that is not there is empty.
  init(_ plan: JoinPlan, in message: MessageDocument) throws(DocumentError) {
    rows = try plan.rows.rows(in: message) ?? RowList.none
    let count = rows.nodes.count
    claimed = [Bool](repeating: false, count: count)
    next = [Int32](repeating: -1, count: count)
    ends.reserveCapacity(count)
    for index in 0..<count {
      guard let key = try JoinKey.text(plan.siblingKeys, of: rows.nodes[index]) else { continue }
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
  mutating func claim(_ key: String) -> [SourceNode] {
    guard let found = ends[key] else { return [] }
    var nodes: [SourceNode] = []
    var row = Int(found.first)
    while row >= 0 {
      claimed[row] = true
      nodes.append(rows.nodes[row])
      row = Int(next[row])
    }
    return nodes
  }

  /// The paths of the rows that nobody claimed.
  var orphans: [String] {
    claimed.indices.filter { !claimed[$0] }.map { rows.path($0) }
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
