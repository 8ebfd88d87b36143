import Crypto
import Documents
import Exchanges
import Gateway

/// The program but for the process around it: arguments in, exit code out.
struct Program: Sendable {
  /// Where it stands in a command line, and how it is called in messages.
  static let name = "zhengdian"
  static let version = "0.1.0"

  let environment: Environment
  let input: InputSource
  let output: Output
  let errors: Output
  var root = CommandTree.root
  var stop = StopSignal()
  /// Puts the process behind others that want the processor.
  var lower: @Sendable (ProcessPriority) -> Void = { _ in }

  /// Runs the command that `arguments` (without the program's name) ask for, to its end.
  func run(_ arguments: [String]) async -> ExitCode {
    var parser = ArgumentParser(root: root)
    let wantsJSON = arguments.contains("--json")
    let code: ExitCode
    do {
      switch try parser.parse(arguments) {
      case .help:
        output.line(HelpText.text(of: parser.command, commandLine: parser.commandLine))
        code = .done
      case .version:
        output.line("\(Self.name) \(Self.version)")
        code = .done
      case .run(let body):
        let (lower, isInBackground) = (lower, parser.command.isInBackground)
        if isInBackground { lower(.low) }
        let invocation = Invocation(
          arguments: parser.arguments, environment: environment, input: input, output: output, errors: errors,
          stop: stop, siteIsOpen: { if isInBackground { lower(.idle) } })
        code = try await body(invocation)
      }
    } catch {
      code = report(error, parser, wantsJSON)
    }
    if let failure = output.failure {
      errors.line("\(Self.name): the output cannot be written: \(failure)")
      return code == .done ? .failure : code
    }
    return code
  }

  private func report(_ error: any Error, _ parser: ArgumentParser, _ wantsJSON: Bool) -> ExitCode {
    let code = Self.exitCode(of: error)
    if wantsJSON {
      errors.json {
        $0.member("error") { writer in
          writer.object {
            $0.member("message", "\(error)")
            $0.member("exitCode", Int(code.rawValue))
          }
        }
      }
      return code
    }
    if let error = error as? ConfigurationError {
      for diagnostic in error.diagnostics { errors.line(TerminalText.safe(diagnostic.description)) }
      return code
    }
    for line in "\(error)".split(separator: "\n", omittingEmptySubsequences: false) {
      errors.line("\(errors.paint("\(parser.commandLine):", .red)) \(TerminalText.safe(String(line)))")
    }
    if code == .usage { errors.line("'\(parser.commandLine) --help' shows how it is used") }
    return code
  }

  /// What is wrong with master keys before anything is opened with them.
  private static let keyFileErrors: Set<CryptoError.Code> = [
    .missingKeys, .malformedKeys, .exposedKeys, .unreadableFile, .unknownKey,
  ]

  /// What an error that ended a command says to the shell.
  private static func exitCode(of error: any Error) -> ExitCode {
    switch error {
    case is UsageError: .usage
    case is ConfigurationError: .configuration
    case let failure as CommandFailure: failure.exitCode
    case let error as GatewayError where error.isOfConfiguration: .configuration
    case let error as CryptoError where keyFileErrors.contains(error.code): .configuration
    default: .failure
    }
  }
}

extension GatewayError {
  /// Whether a file, a secret or a key that the configuration names is missing or wrong.
  fileprivate var isOfConfiguration: Bool {
    [.unreadableFile, .exposedSecret, .missingSecret, .missingKeys].contains(code)
  }
}
