import Documents

/// Reads the words after the program's name against a tree of commands.
struct ArgumentParser {
  /// What the words ask for.
  enum Request {
    case run(Command.Body)
    case help
    case version
  }

  static let help = CommandOption<Bool>.flag("help", "Show this help and end.")
  static let json = CommandOption<Bool>.flag("json", "Write JSON for machines instead of text.")
  static let configuration = CommandOption<String>.path(
    "config", "FILE", "The configuration; zhengdian.yaml in the current folder if not given.")
  static let version = CommandOption<Bool>.flag("version", "Show the version and end.")

  /// Understood everywhere.
  static let common: [any AnyCommandOption] = [configuration, json, help]

  /// The commands from the root to where the reading came, also after an error.
  private(set) var path: [Command]
  private(set) var arguments = Arguments()
  private var words: [String] = []

  init(root: Command) { path = [root] }

  var command: Command { path[path.count - 1] }

  /// The words that call the command: `zhengdian inspect path`.
  var commandLine: String { path.map(\.name).joined(separator: " ") }

  mutating func parse(_ arguments: [String]) throws(UsageError) -> Request {
    var rest = arguments[...]
    var isLiteral = false
    while let word = rest.popFirst() {
      if isLiteral || !word.hasPrefix("-") || word == "-" {
        try read(word: word)
      } else if word == "--" {
        isLiteral = true
      } else {
        try read(option: word == "-h" ? "--help" : word, &rest)
      }
    }
    if self.arguments[Self.help] { return .help }
    if self.arguments[Self.version] { return .version }
    guard case .run(let body) = command.action else {
      throw UsageError("a command is missing: one of \(command.commands.map(\.name).joined(separator: ", "))")
    }
    try assignPositionals()
    for option in command.options.map(\.definition) where option.isRequired && !self.arguments.has(option) {
      throw UsageError("--\(option.name) \(option.placeholder ?? "") is missing")
    }
    return .run(body)
  }

  private mutating func read(word: String) throws(UsageError) {
    guard case .group(let commands) = command.action else {
      words.append(word)
      return
    }
    if let next = commands.first(where: { $0.name == word }) {
      path.append(next)
    } else if word == "help" {
      arguments.add(true, to: Self.help.definition)
    } else {
      let elsewhere = path[0].path(toCommandNamed: word).map { ([path[0].name] + $0).joined(separator: " ") }
      throw UsageError(
        "there is no command '\(word)'",
        suggestion: Suggestion.nearest(to: word, in: commands.map(\.name)) ?? elsewhere)
    }
  }

  private mutating func read(option word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let known = (command.options + Self.common + (path.count == 1 ? [Self.version] : [])).map(\.definition)
    guard let option = known.first(where: { "--\($0.name)" == name }) else {
      throw UsageError(
        "there is no option '\(name)'",
        suggestion: Suggestion.nearest(to: name, in: known.map { "--\($0.name)" }))
    }
    if arguments.has(option), option.placeholder != nil, !option.isRepeated {
      throw UsageError("--\(option.name) is given twice")
    }
    guard let placeholder = option.placeholder else {
      if parts.count > 1 { throw UsageError("--\(option.name) takes no value") }
      arguments.add(try option.read(""), to: option)
      return
    }
    let value: String
    if parts.count > 1 {
      value = String(parts[1])
    } else if let next = rest.first, !Self.looksLikeOption(next) {
      value = next
      rest.removeFirst()
    } else {
      throw UsageError("--\(option.name) needs a value: \(placeholder)")
    }
    arguments.add(try option.read(value), to: option)
  }

  /// `-` is standard input and `-5` a number.
  private static func looksLikeOption(_ word: String) -> Bool {
    let start = Array(word.utf8.prefix(2))
    return start.count == 2 && start[0] == UInt8(ascii: "-")
      && !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= start[1])
  }

  private mutating func assignPositionals() throws(UsageError) {
    var rest = words[...]
    for positional in command.positionals {
      if rest.isEmpty, positional.isRequired { throw UsageError("\(positional.name) is missing") }
      repeat {
        guard let word = rest.popFirst() else { break }
        arguments.add(word, to: positional)
      } while positional.isRepeated
    }
    if let word = rest.first {
      throw UsageError("'\(word)' is one argument too many")
    }
  }
}
