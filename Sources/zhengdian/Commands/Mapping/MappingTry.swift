import Documents
import Mapping

/// `mapping try`: what a mapping makes of one message.
enum MappingTry {
  static let charset = CommandOption<String>.text(
    "charset", "NAME", "The message's charset, whatever it declares: utf-8, gb18030, gbk.")
  static let reveal = CommandOption<Bool>.flag("reveal", "Show people's names and numbers whole.")
  static let mapping = Positional("MAPPING", "A mapping's name, or its file.")
  static let message = Positional("MESSAGE", "The message as the platform sent it; - is standard input.")

  static let command = Command(
    "try", "Shows the records a mapping makes of a message, and the rows it does not take.",
    details: """
      Personal data is masked unless --reveal is given. With --json one object a row: {"locator", "entity",
      "record", "hidden", "warnings"}, or {"locator", "entity", "quarantined": [reasons], "warnings"}; the
      last line is {"rows", "records", "quarantined", "skipped", "orphans", "absent"}.

      Exit code 1 when a row is quarantined or the message cannot be read.
      """,
    options: [MappingCommands.mappings, charset, reveal], positionals: [mapping, message]
  ) { invocation in
    try await OwnThread.run { try run(invocation) }
  }

  private static let largestMessage = 64 << 20

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let charset = try invocation[charset].map { name throws(UsageError) in
      guard let charset = Charset(name: name) else {
        throw UsageError("--charset is utf-8, gb18030, gbk or gb2312, not '\(name)'")
      }
      return charset
    }
    let mapping = try MappingCommands.compiled(
      invocation[mapping].first ?? "", in: try MappingCommands.place(invocation))
    let file = invocation[message].first ?? "-"
    let document: MessageDocument
    do {
      document = try MessageDocument(
        parsing: try invocation.input.read(file, most: largestMessage), as: mapping.format, charset: charset)
    } catch let error as DocumentError {
      let place = error.position.map { ":\($0.line):\($0.column)" } ?? ""
      throw CommandFailure(.failure, "\(file)\(place): \(error.message)")
    }
    let result = try mapping.apply(to: document)
    let report = MappingTryReport(result: result, revealing: invocation[reveal] ? nil : [])
    if invocation.wantsJSON {
      report.writeJSON(to: invocation.output)
    } else {
      report.write(to: invocation.output)
    }
    return result.quarantined.isEmpty ? .done : .failure
  }
}
