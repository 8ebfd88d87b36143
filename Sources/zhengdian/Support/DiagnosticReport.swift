import Documents

/// Problems of files that people write, as the result of a command that looks for them.
enum DiagnosticReport {
  /// One `file:line:column: error: …` a line, or with --json one object a line; then, for people, a summary.
  ///
  /// - Parameter subject: what was looked at: `4 adapters`.
  /// - Returns: a failure when there is an error; warnings are none.
  static func write(_ diagnostics: [Diagnostic], subject: String, _ invocation: Invocation) -> ExitCode {
    if invocation.wantsJSON {
      var lines = JSONLines(invocation.output)
      for diagnostic in diagnostics { lines.object { write(diagnostic, &$0) } }
      lines.flush()
    } else {
      for diagnostic in diagnostics { invocation.output.line(TerminalText.safe(diagnostic.description)) }
    }
    let errors = diagnostics.count { $0.severity == .error }
    if !invocation.wantsJSON {
      invocation.output.line(
        "\(subject): \(count(errors, "error")), \(count(diagnostics.count - errors, "warning"))")
    }
    return errors == 0 ? .done : .failure
  }

  static func write(_ diagnostic: Diagnostic, _ writer: inout JSONWriter) {
    writer.member("severity", diagnostic.severity.rawValue)
    writer.member("file", diagnostic.file)
    // The file as a whole has no line.
    if diagnostic.line > 0 {
      writer.member("line", diagnostic.line)
      writer.member("column", diagnostic.column)
    }
    writer.member("message", diagnostic.message)
    writer.memberIfPresent("suggestion", diagnostic.suggestion)
  }

  /// `1 error`, `2 errors`, `no errors`
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number == 0 ? "no" : String(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
