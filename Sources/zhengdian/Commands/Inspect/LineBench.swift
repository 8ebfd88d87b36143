import Documents

/// Answers the lines of an input one by one. May keep what helps with the next line (a compiled expression).
protocol LineAnswerer: SendableMetatype {
  /// Writes the members of the answer to `line`, which is any bytes at all.
  mutating func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter)
}

/// Runs an answerer over standard input, with flat memory for any number of lines.
enum LineBench {
  /// A longer line is answered by an error; it would not fit the limits of documents either.
  static let longestLine = 64 << 20

  static func run(
    _ invocation: Invocation, longestLine: Int = longestLine,
    _ makeAnswerer: @escaping @Sendable () throws -> some LineAnswerer
  ) async throws -> ExitCode {
    try await OwnThread.run {
      var answerer = try makeAnswerer()
      var reader = LineReader(invocation.input, longestLine: longestLine)
      var lines = JSONLines(invocation.output)
      while lines.isOpen {
        guard let line = try reader.next(beforeWaiting: { lines.flush() }) else { break }
        switch line {
        case .text(let range):
          lines.object { answerer.answer(reader.bytes.span.extracting(range), &$0) }
        case .tooLong:
          lines.object { $0.member("error", "the line is longer than \(longestLine) bytes") }
        }
      }
      lines.flush()
      return .done
    }
  }
}
