import Documents

@testable import zhengdian

/// One run of the program in this process, with everything it wrote.
struct CommandRun {
  let code: ExitCode
  let output: String
  let errors: String

  /// - Parameters:
  ///   - more: arguments behind the others.
  ///   - input: what standard input holds.
  ///   - stop: ends a command that runs until told to.
  init(
    _ arguments: String..., more: [String] = [], input: some Sequence<UInt8> = [],
    environment: [String: String] = [:],
    root: Command = CommandTree.root, stop: StopSignal = StopSignal()
  ) async {
    let output = Output()
    let errors = Output()
    let program = Program(
      environment: Environment(environment), input: .bytes(Array(input)), output: output, errors: errors,
      root: root, stop: stop)
    code = await program.run(arguments + more)
    self.output = output.captured
    self.errors = errors.captured
  }

  /// The lines of the output without their line feeds.
  var lines: [String] {
    output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }

  /// The output as one JSON value.
  func json() throws -> JSONValue { try JSONDocument(parsing: output).root }
}
