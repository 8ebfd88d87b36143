import Applications
import Documents
import Mapping

/// `mapping try`: what a mapping makes of one message, or a template of one record.
enum MappingTry {
  static let charset = CommandOption<String>.text(
    "charset", "NAME", "The message's charset, whatever it declares: utf-8, gb18030, gbk.")
  static let reveal = CommandOption<Bool>.flag("reveal", "Show people's names and numbers whole.")
  static let mapping = Positional("MAPPING", "The name of a mapping or template, or its file.")
  static let message = Positional(
    "MESSAGE", "The message as the platform sent it, or the record; - is standard input.")

  static let command = Command(
    "try", "Shows the records a mapping makes of a message, or the message a template makes of a record.",
    details: """
      A template's message is written to standard output as it would be sent; files it attaches are looked for
      in the folder attachments beside the record.

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
    let compiled = try MappingCommands.compiledAny(
      invocation[mapping].first ?? "", in: try MappingCommands.place(invocation))
    let file = invocation[message].first ?? "-"
    let mapping: CompiledMapping
    switch compiled {
    case .mapping(let found): mapping = found
    case .template(let template): return try write(template, file, invocation)
    }
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

  private static func write(
    _ template: CompiledTemplate, _ file: String, _ invocation: Invocation
  ) throws -> ExitCode {
    let bytes = try invocation.input.read(file, most: largestMessage)
    do {
      let record = try ApplicationRecord(decoding: bytes)
      let attachments = try TemplateSamples.attachments(beside: file)
      invocation.output.write(try template.render(record, attachments: attachments))
      if invocation.output.isTerminal { invocation.output.line() }
      return .done
    } catch let error as ApplicationError {
      throw CommandFailure(
        .failure, "\(file): \(error)", remedy: "correct the record; docs/reference/mapping.md has its fields")
    } catch let error as TemplateError {
      throw CommandFailure(
        .failure, "\(file): \(error)", remedy: "correct the record, or the rule of the template")
    }
  }
}
