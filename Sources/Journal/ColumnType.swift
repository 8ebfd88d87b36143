internal import SQLDatabase

/// What a column was written with. The engine converts what it reads: a text `5x` is the number 5 to whoever asks for a number, so a row that is to be proven is
/// asked what it really holds.
enum ColumnType {
  case integer
  case integerOrNull
  case text
  case textOrNull
  case blob
  case blobOrNull

  fileprivate func holds(_ storage: Row.Storage) -> Bool {
    switch self {
    case .integer: storage == .integer
    case .integerOrNull: storage == .integer || storage == .null
    case .text: storage == .text
    case .textOrNull: storage == .text || storage == .null
    case .blob: storage == .blob
    case .blobOrNull: storage == .blob || storage == .null
    }
  }
}

extension Row {
  /// Whether the first columns are stored as these types.
  func isStored(as types: [ColumnType]) -> Bool {
    for (column, type) in types.enumerated() where !type.holds(storage(column)) { return false }
    return true
  }
}
