import Glibc

@main
enum Main {
  static func main() async {
    // A reader that goes away is noticed where it is written to, and ends nothing else.
    signal(SIGPIPE, SIG_IGN)
    exit(await run().rawValue)
  }

  /// Off the main actor, where all the work is.
  @concurrent
  private static func run() async -> ExitCode {
    let environment = Environment.ofProcess()
    let program = Program(
      environment: environment, input: InputSource.standardInput,
      output: Output(descriptor: STDOUT_FILENO, environment: environment),
      errors: Output(descriptor: STDERR_FILENO, environment: environment))
    return await program.run(Array(CommandLine.arguments.dropFirst()))
  }
}
