import Documents

/// What is wrong with a record a fault has poisoned.
public enum Poison: String, CaseIterable, Sendable {
  /// An identifier with a wrong check character (or one character too few where there is no check).
  case brokenCheck
  /// A value of another type than agreed: a list where a text belongs, letters where a number does.
  case wrongType
}

/// One row to be written.
struct Row {
  let index: Int
  /// 1, or 2 after the record's change.
  let version: Int
  /// Second of the latest change.
  let updated: Int
  let poison: Poison?
}

/// A list of records a platform serves page by page.
struct DataSet: Sendable {
  /// Unique in the sandbox; part of the key of cached pages.
  let name: String
  let timeline: Timeline
  let charset: Charset
  /// Bytes a row usually takes, to size buffers.
  let rowBytes: Int
  /// Writes the rows of a page, with what separates them.
  let write: @Sendable (inout PageBuffer, [Row]) -> Void

  /// Rows `offset..<offset + limit` of the window.
  func rows(_ selection: Timeline.Selection, offset: Int, limit: Int, poison: Poison? = nil) -> [Row] {
    var rows: [Row] = []
    rows.reserveCapacity(min(limit, max(0, selection.total - offset)))
    selection.forEach(offset: offset, limit: limit) { index, version, updated in
      rows.append(Row(index: index, version: version, updated: updated, poison: rows.isEmpty ? poison : nil))
    }
    return rows
  }

  func render(_ rows: [Row]) -> [UInt8] {
    var buffer = PageBuffer(charset: charset, capacity: rows.count * rowBytes + 64)
    write(&buffer, rows)
    return buffer.bytes
  }
}

extension DataSet {
  /// Rows separated by commas, for a JSON list.
  static func json(
    _ name: String, _ timeline: Timeline, rowBytes: Int,
    row: @escaping @Sendable (inout PageBuffer, Row) -> Void
  ) -> DataSet {
    DataSet(name: name, timeline: timeline, charset: .utf8, rowBytes: rowBytes) { buffer, rows in
      for (place, each) in rows.enumerated() {
        if place > 0 { buffer.ascii(",") }
        row(&buffer, each)
      }
    }
  }
}
