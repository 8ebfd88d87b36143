/// Where a YAML node begins.
public struct YAMLMark: Hashable, Sendable {
  /// The name given when the document was parsed: usually its path as the operator knows it.
  public var file: String
  /// Counted from 1.
  public var line: Int
  /// Counted from 1, in Unicode scalars.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension YAMLMark: CustomStringConvertible {
  /// `file:line:column`, as editors and compilers write it.
  public var description: String { "\(file):\(line):\(column)" }
}

extension YAMLMark: Comparable {
  public static func < (left: YAMLMark, right: YAMLMark) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}
