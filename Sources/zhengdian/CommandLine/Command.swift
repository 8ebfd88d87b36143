/// One word of the command line: a group with commands below it, or a command that does something.
///
///     static let command = Command(
///       "list", "Exchanges, newest first.", options: [platform, limit], run: run)
///
/// The tree of commands is `CommandTree.root`. `--help`, `--json` and `--config` are understood by every command and
/// are not declared.
struct Command: Sendable {
  /// Does the work with everything it may touch given: no global state. Whatever it throws ends the program with the
  /// exit code that fits (see `Program`).
  typealias Body = @Sendable (Invocation) async throws -> ExitCode

  enum Action: Sendable {
    case group([Command])
    case run(Body)
  }

  let name: String
  /// One line, a sentence, for the list of commands.
  let summary: String
  /// What `--help` tells beyond the summary: forms of input and output, examples.
  let details: String
  let options: [any AnyCommandOption]
  let positionals: [Positional]
  /// Computes for long over what is stored, and leaves the processor to a gateway beside it.
  let isInBackground: Bool
  let action: Action

  init(
    _ name: String, _ summary: String, details: String = "", options: [any AnyCommandOption] = [],
    positionals: [Positional] = [], isInBackground: Bool = false, run: @escaping Body
  ) {
    self.name = name
    self.summary = summary
    self.details = details
    self.options = options
    self.positionals = positionals
    self.isInBackground = isInBackground
    action = .run(run)
  }

  init(group name: String, _ summary: String, details: String = "", _ commands: [Command]) {
    self.name = name
    self.summary = summary
    self.details = details
    options = []
    positionals = []
    isInBackground = false
    action = .group(commands)
  }

  var commands: [Command] {
    if case .group(let commands) = action { commands } else { [] }
  }

  /// The words that lead to the first command of that name below this one, for suggestions.
  func path(toCommandNamed name: String) -> [String]? {
    for command in commands {
      if command.name == name { return [command.name] }
      if let path = command.path(toCommandNamed: name) { return [command.name] + path }
    }
    return nil
  }
}
