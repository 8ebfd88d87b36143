/// One call of a command: its arguments, and everything it may touch of the world outside.
struct Invocation: Sendable {
  let arguments: Arguments
  let environment: Environment
  let input: InputSource
  /// Results.
  let output: Output
  /// What is said about the work: progress, warnings, failures.
  let errors: Output
  /// When a command that runs until told to should end.
  let stop: StopSignal
  /// Told when the site of the command is open, before it is worked on.
  let siteIsOpen: @Sendable () -> Void

  /// Whether results are for a machine.
  var wantsJSON: Bool { arguments[ArgumentParser.json] }

  /// The file given by `--config`, or `nil`; then `zhengdian.yaml` in the current folder is meant.
  var givenConfigurationFile: String? { arguments[ArgumentParser.configuration] }

  /// The configuration file to read.
  var configurationFile: String { givenConfigurationFile ?? "zhengdian.yaml" }

  subscript<Value>(option: CommandOption<Value>) -> Value? { arguments[option] }
  subscript(flag: CommandOption<Bool>) -> Bool { arguments[flag] }
  subscript(positional: Positional) -> [String] { arguments[positional] }
}
