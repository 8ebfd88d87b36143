/// Values that are read from standard input in place of arguments, because arguments are seen by others: in the list of
/// processes and in the history of the shell.
enum TypedValues {
  private static let longest = 4096

  /// So many lines, one a value.
  ///
  /// - Throws: `UsageError` when there are fewer, or one is too long or not UTF-8.
  static func read(count: Int, _ input: InputSource) async throws -> [String] {
    guard count > 0 else { return [] }
    return try await OwnThread.run {
      var reader = LineReader(input, longestLine: longest)
      var values: [String] = []
      while values.count < count {
        guard let line = try reader.next(beforeWaiting: {}) else {
          throw UsageError(
            "standard input has \(values.count) lines and \(count) are needed, one for each '-'")
        }
        guard case .text(let range) = line, let text = String(validating: reader.bytes[range], as: UTF8.self)
        else {
          throw UsageError(
            "line \(values.count + 1) of standard input is no text of at most \(longest) bytes")
        }
        values.append(text.hasSuffix("\r") ? String(text.dropLast()) : text)
      }
      return values
    }
  }
}
