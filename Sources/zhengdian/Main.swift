import Glibc

@main
enum Main {
  /// The main thread only waits for signals. (An asynchronous `main` would leave it to the dispatch library, which lets
  /// it take every signal, whatever is blocked.)
  static func main() {
    // A reader that goes away is noticed where it is written to, and ends nothing else.
    signal(SIGPIPE, SIG_IGN)
    StopSignal.block()
    let stop = StopSignal()
    Task { @concurrent in exit(await run(stop).rawValue) }
    stop.listen()
  }

  private static func run(_ stop: StopSignal) async -> ExitCode {
    let environment = Environment.ofProcess()
    let program = Program(
      environment: environment, input: InputSource.standardInput,
      output: Output(descriptor: STDOUT_FILENO, environment: environment),
      errors: Output(descriptor: STDERR_FILENO, environment: environment), stop: stop,
      lower: { $0.take() })
    return await program.run(Array(CommandLine.arguments.dropFirst()))
  }
}
