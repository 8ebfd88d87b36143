/// What `--help` shows of one command.
enum HelpText {
  /// - Parameter commandLine: the words that lead to the command.
  static func text(of command: Command, commandLine: String) -> String {
    var lines = [command.summary, "", "  " + usage(of: command, commandLine)]
    if !command.details.isEmpty { lines += ["", command.details] }
    section("Commands", command.commands.map { ($0.name, $0.summary) }, &lines)
    section("Arguments", command.positionals.map { ($0.name, $0.help) }, &lines)
    let options =
      (command.options + (command.commands.isEmpty ? ArgumentParser.common : [ArgumentParser.help]))
      .map(\.definition)
    section(
      "Options", options.map { ("--\($0.name)" + ($0.placeholder.map { " " + $0 } ?? ""), help(of: $0)) },
      &lines)
    return lines.joined(separator: "\n")
  }

  static func usage(of command: Command, _ commandLine: String) -> String {
    guard command.commands.isEmpty else { return "\(commandLine) COMMAND …" }
    var words = [commandLine]
    for option in command.options.map(\.definition) where option.isRequired {
      words.append("--\(option.name) \(option.placeholder ?? "")")
    }
    if !command.options.allSatisfy({ $0.definition.isRequired }) { words.append("[options]") }
    for positional in command.positionals {
      let name = positional.name + (positional.isRepeated ? "…" : "")
      words.append(positional.isRequired ? name : "[\(name)]")
    }
    return words.joined(separator: " ")
  }

  private static func help(of option: OptionDefinition) -> String {
    option.help + (option.isRequired ? " Required." : "") + (option.isRepeated ? " May be repeated." : "")
  }

  /// Names that are too long for the column stand on a line of their own.
  private static func section(
    _ title: String, _ rows: [(name: String, help: String)], _ lines: inout [String]
  ) {
    guard !rows.isEmpty else { return }
    lines += ["", "\(title):"]
    let longest = rows.map { TerminalText.width($0.name) }.filter { $0 <= 28 }.max() ?? 0
    for row in rows {
      let width = TerminalText.width(row.name)
      if width > longest {
        lines += ["  \(row.name)", String(repeating: " ", count: longest + 4) + row.help]
      } else {
        lines.append("  \(row.name)" + String(repeating: " ", count: longest - width + 2) + row.help)
      }
    }
  }
}
