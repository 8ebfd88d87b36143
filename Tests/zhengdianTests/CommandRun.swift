@testable import zhengdian

/// One run of the program in this process, with everything it wrote.
struct CommandRun {
  let code: ExitCode
  let output: String
  let errors: String

  /// - Parameter input: what standard input holds.
  init(
    _ arguments: String..., input: some Sequence<UInt8> = [], environment: [String: String] = [:],
    root: Command = CommandTree.root
  ) async {
    let output = Output()
    let errors = Output()
    let program = Program(
      environment: Environment(environment), input: .bytes(Array(input)), output: output, errors: errors,
      root: root)
    code = await program.run(arguments)
    self.output = output.captured
    self.errors = errors.captured
  }

  /// The lines of the output without their line feeds.
  var lines: [String] {
    output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }
}
