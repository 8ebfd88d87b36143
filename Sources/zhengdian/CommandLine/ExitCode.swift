/// What the program says to the shell when it ends.
enum ExitCode: Int32, Sendable {
  /// Everything asked for was done.
  case done = 0
  /// Done, with findings (a check that failed, a refused file); or it could not be done.
  case failure = 1
  /// The command line itself is wrong.
  case usage = 2
  /// A configuration, manifest or mapping is missing or wrong, or keys are.
  case configuration = 3
  /// A platform did not answer.
  case platformUnreachable = 4
}
